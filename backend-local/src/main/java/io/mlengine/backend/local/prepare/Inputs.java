package io.mlengine.backend.local.prepare;

import io.mlengine.spi.model.DataSource;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/** Links a job's inputs to where its program looks for them. */
final class Inputs {
    private Inputs() {}

    /** Links them all; gives the variable of each. */
    static SortedMap<String, String> link(List<DataSource> inputs, Path codeFolder, Path workFolder)
            throws PreparationException {
        SortedMap<String, String> variables = new TreeMap<>();
        for (DataSource input : inputs) {
            Path source = source(input);
            Path place = input.path().isEmpty()
                    ? workFolder.resolve("inputs").resolve(input.name())
                    : codeFolder.resolve(input.path()).normalize();
            if (!Path.of(input.path()).isAbsolute() && !place.startsWith(workFolder) && !place.startsWith(codeFolder)) {
                throw PreparationException.wrong(
                        "InputPathInvalid",
                        "Input " + input.name() + " is to be linked at " + input.path()
                                + ", outside of the job's code. Maybe give a path below it.");
            }
            link(input, source, place);
            variables.put(
                    "MLENGINE_INPUT_" + input.name().toUpperCase(Locale.ROOT).replace('-', '_'), place.toString());
        }
        return variables;
    }

    private static Path source(DataSource input) throws PreparationException {
        Path source;
        try {
            if (input.source().startsWith("file:")) {
                source = Path.of(URI.create(input.source()));
            } else if (input.source().matches("[a-z0-9+.-]+://.*")) {
                throw PreparationException.wrong(
                        "InputUnsupported",
                        "Input " + input.name() + " comes from "
                                + Redaction.of().clean(input.source())
                                + ", which this machine cannot link. Maybe fetch it first and give its path.");
            } else {
                source = Path.of(input.source());
            }
        } catch (IllegalArgumentException e) {
            throw PreparationException.wrong(
                    "InputPathInvalid", "Input " + input.name() + " has no readable path: " + input.source());
        }
        if (!source.isAbsolute()) {
            throw PreparationException.wrong(
                    "InputPathInvalid",
                    "Input " + input.name() + " has the relative path " + source + ". Maybe give an absolute one.");
        }
        if (!Files.exists(source)) {
            throw PreparationException.wrong(
                    "InputMissing",
                    "Input " + input.name() + " is not there: " + source
                            + " does not exist. Maybe correct inputs, or fetch the data first.");
        }
        if (!Files.isReadable(source)) {
            throw PreparationException.wrong(
                    "InputNotReadable",
                    "Input " + input.name() + " cannot be read: " + source + ". Maybe change its permissions.");
        }
        return source.normalize();
    }

    private static void link(DataSource input, Path source, Path place) throws PreparationException {
        try {
            if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
                requireSame(input, source, place);
                return;
            }
            if (Path.of(input.path()).isAbsolute()) {
                // Places outside of the job's folders belong to the machine: a link there would outlive the job.
                throw PreparationException.wrong(
                        "InputPathInvalid",
                        "Input " + input.name() + " is to be found at " + place
                                + ", which does not exist. Maybe give a path relative to the code, or make the link"
                                + " yourself.");
            }
            Files.createDirectories(place.getParent());
            Files.createSymbolicLink(place, source);
        } catch (FileAlreadyExistsException e) {
            // Another job with the same code folder was quicker; fine if it means the same data.
            try {
                requireSame(input, source, place);
            } catch (IOException trouble) {
                throw PreparationException.diskTrouble("Input " + input.name() + " could not be linked", trouble);
            }
        } catch (IOException e) {
            throw PreparationException.diskTrouble("Input " + input.name() + " could not be linked", e);
        }
    }

    private static void requireSame(DataSource input, Path source, Path place)
            throws PreparationException, IOException {
        if (!Files.exists(place) || !Files.isSameFile(place, source)) {
            throw PreparationException.wrong(
                    "InputPathTaken",
                    "Input " + input.name() + " is to be linked at " + place
                            + ", but something else is there. Maybe choose another path, or leave it out and read"
                            + " $MLENGINE_INPUT_"
                            + input.name().toUpperCase(Locale.ROOT).replace('-', '_') + ".");
        }
    }
}
