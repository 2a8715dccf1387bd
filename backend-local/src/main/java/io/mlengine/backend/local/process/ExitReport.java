package io.mlengine.backend.local.process;

import io.mlengine.spi.model.ExitStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what a supervisor says about the end of its process. */
public final class ExitReport {
    /** What {@code jobs -l} prints: job, sign, process, state. */
    static final Pattern JOBS_LINE = Pattern.compile("\\[\\d+]\\s*[+-]?\\s*(\\d+)\\s+(.*)");

    private static final Pattern ENDED_BY_ITSELF = Pattern.compile("Done\\s*|(?:Done\\(|Exit )(\\d+).*");

    private ExitReport() {}

    /**
     * Reads the file {@code exit} in a replica's folder.
     *
     * @param folder the folder
     * @return how it ended; empty when the file is missing or not complete
     */
    public static Optional<ExitStatus> read(Path folder) {
        List<String> lines;
        try {
            lines = Files.readAllLines(folder.resolve("exit"), StandardCharsets.ISO_8859_1);
        } catch (IOException notWritten) {
            return Optional.empty();
        }
        String state = "";
        for (String line : lines) {
            Matcher matcher = JOBS_LINE.matcher(line);
            if (matcher.matches()) {
                state = matcher.group(2);
            } else if (line.matches("end \\d+")) {
                return Optional.of(status(Integer.parseInt(line.substring(4)), state));
            }
        }
        return Optional.empty();
    }

    /**
     * Tells an exit code from a signal.
     *
     * @param shellCode the shell's {@code $?}
     * @param state what {@code jobs} printed as the state; empty when it is not known
     * @return the status; without a state a number above 128 is taken for a signal
     */
    public static ExitStatus status(int shellCode, String state) {
        Matcher byItself = ENDED_BY_ITSELF.matcher(state);
        if (byItself.matches()) {
            String code = byItself.group(1);
            return ExitStatus.ofCode(code == null ? 0 : Integer.parseInt(code));
        }
        return shellCode <= 128 ? ExitStatus.ofCode(shellCode) : ExitStatus.ofSignal(shellCode - 128);
    }
}
