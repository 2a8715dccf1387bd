package io.mlengine.backend.local.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The identities of one replica's processes, kept in its file {@code pid}.
 *
 * @param supervisor number of the supervising shell
 * @param supervisorStarted its start time
 * @param process number of the process, which is also its session
 * @param processStarted its start time
 * @param uid the replica's mark
 */
public record ReplicaFiles(long supervisor, long supervisorStarted, long process, long processStarted, String uid) {
    /**
     * Writes the file into a replica's folder.
     *
     * @param folder the folder
     * @throws IOException when it cannot be written
     */
    public void write(Path folder) throws IOException {
        Files.writeString(
                folder.resolve("pid"),
                "supervisor " + supervisor + " " + supervisorStarted + "\nprocess " + process + " " + processStarted
                        + "\nuid " + uid + "\n");
    }

    /**
     * Reads the file in a replica's folder.
     *
     * @param folder the folder
     * @return its content, or empty when it is missing or not complete
     */
    public static Optional<ReplicaFiles> read(Path folder) {
        try {
            long[] supervisor = new long[2];
            long[] process = new long[2];
            String uid = "";
            for (String line : Files.readAllLines(folder.resolve("pid"))) {
                String[] words = line.split(" ");
                switch (words[0]) {
                    case "supervisor" -> supervisor = new long[] {Long.parseLong(words[1]), Long.parseLong(words[2])};
                    case "process" -> process = new long[] {Long.parseLong(words[1]), Long.parseLong(words[2])};
                    case "uid" -> uid = words[1];
                    default -> {}
                }
            }
            return uid.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new ReplicaFiles(supervisor[0], supervisor[1], process[0], process[1], uid));
        } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException incomplete) {
            return Optional.empty();
        }
    }
}
