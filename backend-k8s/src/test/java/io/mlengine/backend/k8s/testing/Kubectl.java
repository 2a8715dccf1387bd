package io.mlengine.backend.k8s.testing;

import io.mlengine.build.testing.Machine;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The {@code kubectl} that lies beside the server's programs or on the path; a test is skipped without. */
public final class Kubectl {
    private final Path program;
    private final Path kubeconfig;

    private Kubectl(Path program, Path kubeconfig) {
        this.program = program;
        this.kubeconfig = kubeconfig;
    }

    /** What a command said and how it ended. */
    public record Result(int exit, String out, String err) {}

    /** A kubectl with all rights on a server. */
    public static Kubectl of(KubernetesServer server) {
        Stream<Path> folders = Stream.concat(
                Binaries.find(System.getenv()).map(Binaries::folder).stream(),
                Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                        .map(Path::of));
        Optional<Path> program = folders.map(folder -> folder.resolve("kubectl"))
                .filter(Files::isExecutable)
                .findFirst();
        Machine.needs("kubectl, in $KUBEBUILDER_ASSETS or on the path", program.isPresent());
        return new Kubectl(program.orElseThrow(), server.kubeconfig());
    }

    /** Runs a command to its end. */
    public Result run(String... arguments) {
        List<String> command = new ArrayList<>(List.of(program.toString(), "--kubeconfig", kubeconfig.toString()));
        command.addAll(List.of(arguments));
        try {
            Path err = Files.createTempFile("kubectl", ".err");
            Process process =
                    new ProcessBuilder(command).redirectError(err.toFile()).start();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("still runs after a minute: " + command);
            }
            Result result = new Result(process.exitValue(), out, Files.readString(err));
            Files.delete(err);
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
