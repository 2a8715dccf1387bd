package io.mlengine.cli.real;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A repository with one commit, the files of an example, served by git itself. */
final class GitServer implements AutoCloseable {
    private final Process daemon;
    private final String url;
    private final String commit;

    private GitServer(Process daemon, String url, String commit) {
        this.daemon = daemon;
        this.url = url;
        this.commit = commit;
    }

    /**
     * Serves an example.
     *
     * @param example a folder with files
     * @param root an empty folder for the repository
     * @param address where others reach this machine
     */
    static GitServer start(Path example, Path root, String address) throws IOException {
        Path repository = Files.createDirectory(root.resolve("example"));
        try (Stream<Path> files = Files.list(example)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, repository.resolve(file.getFileName()));
            }
        }
        git(repository, "init", "--quiet", "--initial-branch=main");
        git(repository, "add", ".");
        git(repository, "-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "--quiet", "-m", "x");
        int port = freePort(address);
        Process daemon = new ProcessBuilder(
                        "git",
                        "daemon",
                        "--export-all",
                        "--base-path=" + root,
                        "--listen=" + address,
                        "--port=" + port,
                        root.toString())
                .redirectErrorStream(true)
                .redirectOutput(root.resolve("daemon.log").toFile())
                .start();
        String url = "git://" + address + ":" + port + "/example";
        RealEngine.awaitTrue(
                RealEngine.PATIENCE, "git answers at " + url, () -> Needed.succeeds("git", "ls-remote", url));
        return new GitServer(daemon, url, git(repository, "rev-parse", "HEAD"));
    }

    private static int freePort(String address) throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(address))) {
            return socket.getLocalPort();
        }
    }

    private static String git(Path folder, String... arguments) throws IOException {
        List<String> command =
                Stream.concat(Stream.of("git"), Stream.of(arguments)).toList();
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes()).strip();
        try {
            if (process.waitFor() != 0) {
                throw new AssertionError(String.join(" ", command) + ": " + output);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return output;
    }

    String url() {
        return url;
    }

    String commit() {
        return commit;
    }

    @Override
    public void close() {
        daemon.destroy();
    }
}
