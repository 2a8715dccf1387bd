package io.mlengine.backend.local.prepare;

import io.mlengine.backend.local.tool.Tool;
import io.mlengine.backend.local.tool.ToolResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Calls of git on one bare repository of the cache, while its lock is held. */
final class GitSession implements AutoCloseable {
    private static final long LINE_EVERY_NANOS = 1_000_000_000L;

    private final String git;
    private final String url;
    private final Path folder;
    private final Path repository;
    private final Duration limit;
    private final Consumer<String> progress;
    private final Optional<Credentials> credentials;
    private final Redaction redaction;

    GitSession(
            String git,
            String url,
            Path folder,
            Duration limit,
            Consumer<String> progress,
            Optional<Credentials> credentials)
            throws IOException {
        this.git = git;
        this.url = url;
        this.folder = folder;
        this.repository = folder.resolve("repository.git");
        this.limit = limit;
        this.progress = progress;
        this.credentials = credentials;
        this.redaction = credentials
                .map(known -> Redaction.of(known.username(), known.password()))
                .orElseGet(Redaction::of);
        if (credentials.isPresent()) {
            // The script holds no secret: it repeats two variables that only this git and its children have.
            GitCheckouts.writeScript(askpass(), """
                    #!/bin/sh
                    case "$1" in
                    Username*) printf '%s\\n' "$MLENGINE_GIT_USERNAME" ;;
                    *) printf '%s\\n' "$MLENGINE_GIT_PASSWORD" ;;
                    esac
                    """);
        }
    }

    /** User and password; never printed. */
    record Credentials(String username, String password) {
        @Override
        public String toString() {
            return "Credentials[***]";
        }
    }

    String url() {
        return url;
    }

    String clean(String text) {
        return redaction.clean(text);
    }

    /** Makes the repository, or makes it anew where it was left half-made. */
    void open() throws IOException, InterruptedException {
        if (Files.isDirectory(repository)
                && run(List.of("rev-parse", "--git-dir")).isSuccess()) {
            return;
        }
        Trees.delete(repository);
        require(run(List.of("init", "--quiet", "--bare", "--template=", repository.toString())));
    }

    boolean has(String commit) throws IOException, InterruptedException {
        return run(List.of("cat-file", "-e", commit + "^{commit}")).isSuccess()
                // A fetch that was cut off may leave a commit without its files.
                && run(List.of("rev-parse", "--verify", "--quiet", keeper(commit)))
                        .isSuccess();
    }

    ToolResult fetch(String... words) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("fetch", "--progress", "--no-auto-gc", "--no-write-commit-graph"));
        command.addAll(List.of(words));
        return run(command);
    }

    ToolResult fetchEverything() throws IOException, InterruptedException {
        List<String> words = new ArrayList<>();
        if (run(List.of("rev-parse", "--is-shallow-repository")).text().equals("true")) {
            words.add("--unshallow");
        }
        words.addAll(List.of(url, "+refs/heads/*:refs/remotes/all/*", "+refs/tags/*:refs/tags/*"));
        return fetch(words.toArray(String[]::new));
    }

    /** The commit that a name stands for, kept from now on. */
    Optional<String> commitOf(String name) throws IOException, InterruptedException {
        ToolResult result = run(List.of("rev-parse", "--verify", "--quiet", name + "^{commit}"));
        if (!result.isSuccess()) {
            return Optional.empty();
        }
        String commit = result.tail(1).strip();
        require(run(List.of("update-ref", keeper(commit), commit)));
        return Optional.of(commit);
    }

    /** Writes a commit's files into a folder that has none. */
    void export(String commit, Path target) throws IOException, InterruptedException, PreparationException {
        Files.createDirectories(target);
        Path index = folder.resolve("index");
        Files.deleteIfExists(index);
        try {
            require(export(index, target, "read-tree", commit));
            require(export(index, target, "checkout-index", "--all", "--force"));
        } finally {
            Files.deleteIfExists(index);
        }
    }

    private ToolResult export(Path index, Path target, String... words) throws IOException, InterruptedException {
        return tool(List.of(words))
                .with("GIT_INDEX_FILE", index.toString())
                .with("GIT_WORK_TREE", target.toString())
                // Large files live on a server that this repository does not know.
                .with("GIT_LFS_SKIP_SMUDGE", "1")
                .in(target)
                .run();
    }

    private ToolResult run(List<String> words) throws IOException, InterruptedException {
        long[] lastLine = {System.nanoTime() - LINE_EVERY_NANOS};
        return tool(words)
                .onLine(line -> {
                    long now = System.nanoTime();
                    boolean isTold = line.contains("%") && now - lastLine[0] >= LINE_EVERY_NANOS;
                    if (isTold) {
                        lastLine[0] = now;
                        progress.accept("git: " + clean(line.strip()));
                    }
                    return isTold;
                })
                .whenSilent(() -> progress.accept("git: " + words.get(0) + " is still running"))
                .run();
    }

    private Tool tool(List<String> words) {
        List<String> command = new ArrayList<>(List.of(git, "-c", "gc.auto=0", "-c", "core.askPass="));
        if (credentials.isPresent()) {
            // The user's own helpers would store what they see, or answer with something older.
            command.addAll(List.of("-c", "credential.helper="));
        }
        command.addAll(words);
        Tool tool = Tool.of(command)
                .limit(limit)
                .in(folder)
                .withErrors()
                .with("LC_ALL", "C")
                .with("GIT_DIR", repository.toString())
                .with("GIT_TERMINAL_PROMPT", "0")
                .with("GIT_HTTP_LOW_SPEED_LIMIT", "1000")
                .with("GIT_HTTP_LOW_SPEED_TIME", "30")
                .without("GIT_ASKPASS")
                .without("SSH_ASKPASS")
                .without("GIT_TRACE")
                .without("GIT_TRACE_CURL")
                .without("GIT_CURL_VERBOSE");
        if (System.getenv("GIT_SSH_COMMAND") == null) {
            tool.with("GIT_SSH_COMMAND", "ssh -o BatchMode=yes -o ConnectTimeout=20");
        }
        credentials.ifPresent(known -> tool.with("GIT_ASKPASS", askpass().toString())
                .with("MLENGINE_GIT_USERNAME", known.username())
                .with("MLENGINE_GIT_PASSWORD", known.password()));
        return tool;
    }

    private void require(ToolResult result) throws IOException {
        if (!result.isSuccess()) {
            throw new IOException("git fails: " + clean(result.tail(3)).replace("\n", "; "));
        }
    }

    private static String keeper(String commit) {
        return "refs/mlengine/" + commit;
    }

    private Path askpass() {
        return folder.resolve("askpass.sh");
    }

    @Override
    public void close() throws IOException {
        if (credentials.isPresent()) {
            Files.deleteIfExists(askpass());
        }
    }
}
