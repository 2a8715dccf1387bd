package io.mlengine.plugins.shell;

import io.mlengine.spi.framework.ClusterView.Member;
import io.mlengine.spi.framework.PlanFile;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.ReplicaKey;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** An agent as a plan starts it, and the program that calls it, each with its files in a folder of its own. */
final class RunningAgent implements AutoCloseable {
    private static final String SECRET = "0123456789abcdef";

    final Process process;
    private final Path client;
    private final Member member;

    RunningAgent(Path root, String... options) throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        TreeMap<String, Integer> ports = new TreeMap<>();
        ports.put(RemoteShell.PORT, port);
        member = new Member(new ReplicaKey("worker", 0), "127.0.0.1", ports, List.of(), 0);

        ReplicaPlan plan = RemoteShell.agent(member).build();
        Path agent = write(root.resolve("agent"), plan.files());
        List<String> command = new ArrayList<>(plan.command().stream()
                .map(word -> word.replace(PlanFile.FOLDER, agent.toString()))
                .toList());
        command.addAll(List.of(options));
        process = with(SECRET, command)
                .redirectError(root.resolve("agent.log").toFile())
                .start();

        TreeMap<String, Member> hosts = new TreeMap<>();
        hosts.put("worker-0", member);
        client = write(root.resolve("client"), RemoteShell.client(hosts));
        await("the agent listens", this::isListening);
    }

    private static Path write(Path folder, List<PlanFile> files) throws IOException {
        Files.createDirectories(folder);
        for (PlanFile file : files) {
            Path target = Files.writeString(folder.resolve(file.path()), file.content());
            if (file.executable() && !target.toFile().setExecutable(true)) {
                throw new IOException("cannot make it executable: " + target);
            }
        }
        return folder;
    }

    private static ProcessBuilder with(String secret, List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("MLENGINE_ATTEMPT_SECRET", secret);
        return builder;
    }

    boolean isListening() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(member.host(), member.port(RemoteShell.PORT)), 100);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    int port() {
        return member.port(RemoteShell.PORT);
    }

    /** The program that calls the agent, with these words, as a process to be started. */
    ProcessBuilder call(String... words) {
        return callWith(SECRET, words);
    }

    ProcessBuilder callWith(String secret, String... words) {
        List<String> command = new ArrayList<>();
        command.add(client.resolve("rsh-agent").toString());
        command.addAll(List.of(words));
        return with(secret, command);
    }

    /** What a finished program has left. */
    record Result(int code, String output, String errors) {}

    static Result run(ProcessBuilder call) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("rsh", ".err");
        try {
            Process process = call.redirectError(errors.toFile()).start();
            process.getOutputStream().close();
            String output =
                    new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            return new Result(process.waitFor(), output, Files.readString(errors));
        } finally {
            Files.delete(errors);
        }
    }

    /** Processes that carry a word on their command line, for example one that the test made up. */
    static List<ProcessHandle> processesOf(String word) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").contains(word))
                .filter(process -> !process.info().commandLine().orElse("").contains("rsh-agent"))
                .toList();
    }

    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("never: " + what);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
