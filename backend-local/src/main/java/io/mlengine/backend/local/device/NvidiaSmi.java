package io.mlengine.backend.local.device;

import io.mlengine.backend.local.tool.Tool;
import io.mlengine.backend.local.tool.ToolResult;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Asks the program nvidia-smi; a test answers from recorded files. */
@FunctionalInterface
interface NvidiaSmi {
    /** What it writes for these arguments. */
    String ask(String... arguments) throws IOException;

    /** The real program. Without persistence mode each call wakes the driver, which takes seconds. */
    static NvidiaSmi at(Path program) {
        return arguments -> {
            List<String> command = new ArrayList<>();
            command.add(program.toString());
            command.addAll(List.of(arguments));
            try {
                ToolResult result = Tool.of(command)
                        .limit(Duration.ofSeconds(20))
                        .with("LC_ALL", "C")
                        .run();
                if (!result.isSuccess()) {
                    throw new IOException("nvidia-smi "
                            + (result.isTimedOut()
                                    ? "does not answer"
                                    : "fails with exit code " + result.exitCode() + ": " + result.tail(1)));
                }
                return result.text();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while nvidia-smi was asked", e);
            }
        };
    }
}
