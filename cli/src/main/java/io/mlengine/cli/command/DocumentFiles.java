package io.mlengine.cli.command;

import io.mlengine.cli.host.Documents;
import io.mlengine.cli.host.Host;
import io.mlengine.cli.output.ExitCode;
import io.mlengine.cli.output.Problem;
import io.mlengine.core.document.DocumentResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads the documents that a command names; {@code -} is standard input. */
final class DocumentFiles {
    private static final String STANDARD_INPUT = "-";

    private DocumentFiles() {}

    static List<DocumentResult> read(Host host, Documents documents, List<String> files, List<String> assignments) {
        List<DocumentResult> results = new ArrayList<>();
        read(host, files).forEach(file -> results.add(documents.read(file.getKey(), file.getValue(), assignments)));
        return results;
    }

    /** The files' names, for messages, and what they hold. */
    static List<Map.Entry<String, byte[]>> read(Host host, List<String> files) {
        if (files.stream().filter(STANDARD_INPUT::equals).count() > 1) {
            throw Problem.of(ExitCode.USAGE, "standard input can be read once", "name - one time only")
                    .raise();
        }
        List<Map.Entry<String, byte[]>> texts = new ArrayList<>();
        for (String file : files) {
            texts.add(Map.entry(file.equals(STANDARD_INPUT) ? "stdin" : file, bytes(host, file)));
        }
        return texts;
    }

    private static byte[] bytes(Host host, String file) {
        try {
            return file.equals(STANDARD_INPUT) ? host.input().readAllBytes() : Files.readAllBytes(Path.of(file));
        } catch (NoSuchFileException e) {
            throw Problem.of(ExitCode.USAGE, "no file " + file, "mlengine init writes one to start with")
                    .raise(e);
        } catch (IOException e) {
            String why = Files.isDirectory(Path.of(file)) ? "it is a folder" : String.valueOf(e.getMessage());
            throw Problem.of(ExitCode.USAGE, "cannot read " + file + ": " + why, "name a YAML or JSON file")
                    .raise(e);
        }
    }
}
