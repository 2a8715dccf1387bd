package io.mlengine.backend.local.process;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Finds out who listens on TCP ports of this machine. */
public final class ListeningPorts {
    private static final String LISTEN = "0A";

    private ListeningPorts() {}

    /**
     * Finds the ports among these on which somebody else listens.
     *
     * @param ports the ports
     * @param ours our own processes
     * @return those held by a process that is not ours, or that may not be looked into
     */
    public static Set<Integer> heldByOthers(Collection<Integer> ports, Collection<Long> ours) {
        TreeMap<String, Integer> sockets = new TreeMap<>();
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            readTable(Path.of(table), ports, sockets);
        }
        ours.forEach(pid -> removeSocketsOf(pid, sockets));
        return new TreeSet<>(sockets.values());
    }

    private static void readTable(Path table, Collection<Integer> ports, TreeMap<String, Integer> sockets) {
        try {
            for (String line : Files.readAllLines(table)) {
                String[] fields = line.trim().split("\\s+");
                if (fields.length > 9 && fields[3].equals(LISTEN)) {
                    int port = Integer.parseInt(fields[1].substring(fields[1].indexOf(':') + 1), 16);
                    if (ports.contains(port)) {
                        sockets.put("socket:[" + fields[9] + "]", port);
                    }
                }
            }
        } catch (IOException noSuchProtocol) {
            return;
        }
    }

    private static void removeSocketsOf(long pid, TreeMap<String, Integer> sockets) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "fd"))) {
            for (Path file : files) {
                if (Files.isSymbolicLink(file)) {
                    sockets.remove(Files.readSymbolicLink(file).toString());
                }
            }
        } catch (IOException | DirectoryIteratorException gone) {
            return;
        }
    }
}
