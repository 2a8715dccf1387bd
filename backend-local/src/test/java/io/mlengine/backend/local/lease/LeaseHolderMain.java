package io.mlengine.backend.local.lease;

import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.JobId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;

/**
 * Another engine: does what its standard input says ({@code device ID}, {@code ports N}) and answers in one line each.
 * Arguments: folder, first port, last port.
 */
final class LeaseHolderMain {
    private LeaseHolderMain() {}

    public static void main(String[] arguments) throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        PortRange range = new PortRange(Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
        AttemptId owner = new AttemptId(JobId.of("other-job"), 3);
        try (LeaseBook book = LeaseBook.open(Path.of(arguments[0]), range);
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            String line;
            while ((line = in.readLine()) != null) {
                String[] words = line.split(" ");
                if (words[0].equals("device")) {
                    try {
                        book.claimDevices(owner, Set.of(words[1]));
                        out.println("ok");
                    } catch (LeaseTakenException e) {
                        out.println(e.getMessage());
                    }
                } else {
                    StringBuilder ports = new StringBuilder();
                    for (int i = 0; i < Integer.parseInt(words[1]); i++) {
                        ports.append(book.claimPort(owner, "port " + i)).append(' ');
                    }
                    out.println(ports);
                }
            }
        }
    }
}
