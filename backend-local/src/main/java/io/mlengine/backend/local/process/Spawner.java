package io.mlengine.backend.local.process;

import io.mlengine.spi.model.ExitStatus;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts processes, each below a supervising shell of its own that outlives the engine (see {@code supervise.sh}).
 *
 * <p>The supervisors are forked by one shell in its own session, which reads its orders from a pipe: a process then
 * costs two forks instead of the start of a shell, nothing of the engine (open files, ignored signals, its terminal)
 * is inherited, and secrets travel through the pipe, never through a file or an argument.
 */
public final class Spawner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Spawner.class);
    private static final String SCRIPT = "supervise.sh";

    private final String shell;
    private final Path complaints;
    private final AtomicLong tokens = new AtomicLong();
    private final Map<String, Watch> watches = new ConcurrentHashMap<>();
    private @Nullable Process process;
    private @Nullable Writer orders;
    private boolean closed;

    /**
     * Prepares a spawner; the shell starts with the first process.
     *
     * @param shell path of a POSIX shell
     * @param complaints file for what the shells themselves complain about
     */
    public Spawner(String shell, Path complaints) {
        this.shell = shell;
        this.complaints = complaints;
    }

    /**
     * What to start.
     *
     * @param folder existing folder for {@code stdout.log}, {@code stderr.log} and {@code exit}
     * @param workingFolder where the process starts
     * @param command absolute path of the program, and its arguments
     * @param environment all its variables; names that {@link ShellText#isVariableName} accepts
     * @param joins files of control groups that the process writes itself into
     */
    public record Order(
            Path folder,
            Path workingFolder,
            List<String> command,
            SortedMap<String, String> environment,
            List<Path> joins) {

        @Override
        public String toString() {
            return "Order[" + folder + "]"; // the environment may hold secrets
        }
    }

    /** Told about one process, on the thread that listens to the shell; must return at once. */
    public interface Listener {
        /**
         * It runs.
         *
         * @param supervisor number of its supervising shell
         * @param process its number, which is also its session and its group
         */
        void started(long supervisor, long process);

        /**
         * It has ended; what it has started may still live.
         *
         * @param status how
         */
        void ended(ExitStatus status);

        /** The shell is gone: nothing more will be told, and the files in the folder tell the rest. */
        void silenced();
    }

    /** Touched by the listening thread only. */
    private static final class Watch {
        private final Listener listener;
        private long process;
        private long supervisor;
        private String state = "";
        private int code = -1;
        private boolean told;

        Watch(Listener listener) {
            this.listener = listener;
        }
    }

    /**
     * Starts a process.
     *
     * @param order what to start
     * @param listener who is told
     * @throws IOException when the shell cannot be started
     */
    public synchronized void start(Order order, Listener listener) throws IOException {
        if (closed) {
            throw new IOException("the spawner is closed");
        }
        String token = "t" + tokens.incrementAndGet();
        Writer writer = shellInput();
        watches.put(token, new Watch(listener));
        try {
            writer.write(script(token, order));
            writer.flush();
        } catch (IOException e) {
            watches.remove(token);
            throw e;
        }
    }

    private static String script(String token, Order order) {
        StringBuilder text = new StringBuilder(1024);
        text.append("( token=")
                .append(token)
                .append(" folder=")
                .append(ShellText.quote(order.folder().toString()))
                .append("\nrun() {\ntrap - INT QUIT\n");
        text.append("cd ")
                .append(ShellText.quote(order.workingFolder().toString()))
                .append(" || exit 126\n");
        order.joins()
                .forEach(file -> text.append("echo 0 >")
                        .append(ShellText.quote(file.toString()))
                        .append(" || exit 126\n"));
        text.append("unset PWD OLDPWD SHLVL\n");
        order.environment()
                .forEach((name, value) -> text.append("export ")
                        .append(name)
                        .append('=')
                        .append(ShellText.quote(value))
                        .append('\n'));
        text.append("exec $launch");
        // env takes a word with "=" for an assignment, wherever it stands before the program.
        if (order.command().get(0).contains("=")) {
            text.append(" /bin/sh -c 'exec \"$0\" \"$@\"'");
        }
        order.command().forEach(word -> text.append(' ').append(ShellText.quote(word)));
        text.append("\n}\nsupervise ) </dev/null &\necho F ").append(token).append(" $!\n");
        return text.toString();
    }

    private Writer shellInput() throws IOException {
        Process running = process;
        Writer current = orders;
        if (running != null && current != null && running.isAlive()) {
            return current;
        }
        ProcessBuilder builder = new ProcessBuilder(tool("setsid"), shell, "-s");
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/local/bin:/usr/bin:/bin");
        builder.environment().put("LC_ALL", "C");
        builder.redirectError(ProcessBuilder.Redirect.appendTo(complaints.toFile()));
        Process started = builder.start();
        Writer writer = started.outputWriter(StandardCharsets.UTF_8);
        writer.write("unset LC_ALL\nsetsid=" + tool("setsid") + " env=" + tool("env") + "\n" + resource());
        writer.flush();
        process = started;
        orders = writer;
        Thread thread = new Thread(() -> listen(started), "mlengine-spawner");
        thread.setDaemon(true);
        thread.start();
        return writer;
    }

    private void listen(Process source) {
        try (BufferedReader answers = source.inputReader(StandardCharsets.ISO_8859_1)) {
            for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                handle(line);
            }
        } catch (IOException e) {
            LOG.warn("lost the connection to the spawning shell: {}", e.toString());
        }
        boolean expected;
        synchronized (this) {
            expected = closed;
        }
        if (!expected) {
            LOG.warn("the spawning shell has ended; processes are watched through their files");
        }
        List<Watch> left = List.copyOf(watches.values());
        watches.clear();
        left.forEach(watch -> watch.listener.silenced());
    }

    private void handle(String line) {
        Matcher jobs = ExitReport.JOBS_LINE.matcher(line);
        if (jobs.matches()) {
            long ended = Long.parseLong(jobs.group(1));
            watches.values().stream()
                    .filter(watch -> watch.process == ended)
                    .forEach(watch -> watch.state = jobs.group(2));
            return;
        }
        String[] words = line.split(" ");
        Watch watch = words.length != 3 ? null : watches.get(words[1]);
        if (watch == null) {
            LOG.warn("unexpected answer of the spawning shell: {}", line);
            return;
        }
        switch (words[0]) {
            case "F" -> watch.supervisor = Long.parseLong(words[2]);
            case "S" -> watch.process = Long.parseLong(words[2]);
            default -> watch.code = Integer.parseInt(words[2]);
        }
        // "F" comes from another process than the rest, so it may come last.
        if (watch.supervisor != 0 && watch.process != 0) {
            if (!watch.told) {
                watch.told = true;
                watch.listener.started(watch.supervisor, watch.process);
            }
            if (watch.code >= 0) {
                watches.remove(words[1]);
                collect(watch.supervisor);
                watch.listener.ended(ExitReport.status(watch.code, watch.state));
            }
        }
    }

    /** Lets the shell wait for a supervisor that has said its last word, so that no zombie stays. */
    private synchronized void collect(long supervisor) {
        Writer writer = orders;
        if (writer != null && !closed) {
            try {
                writer.write("wait " + supervisor + "\n");
                writer.flush();
            } catch (IOException e) {
                LOG.debug("spawning shell is gone: {}", e.toString());
            }
        }
    }

    private static String tool(String name) throws IOException {
        for (String folder : new String[] {"/usr/bin", "/bin", "/usr/local/bin"}) {
            Path candidate = Path.of(folder, name);
            if (Files.isExecutable(candidate)) {
                return candidate.toString();
            }
        }
        throw new IOException("the program " + name + " is missing; it is part of util-linux or coreutils");
    }

    private static String resource() throws IOException {
        try (InputStream script = Spawner.class.getResourceAsStream(SCRIPT)) {
            if (script == null) {
                throw new IOException("the resource " + SCRIPT + " is missing");
            }
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Lets the shell end; supervisors and processes that still run go on. */
    @Override
    public synchronized void close() {
        closed = true;
        Writer writer = orders;
        if (writer != null) {
            try {
                writer.close();
            } catch (IOException e) {
                LOG.debug("spawning shell was gone already: {}", e.toString());
            }
        }
    }
}
