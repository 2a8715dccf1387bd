package io.mlengine.benchmarks;

import io.mlengine.backend.local.LocalBackend;
import io.mlengine.backend.local.LocalBackendConfig;
import io.mlengine.backend.local.prepare.LocalFolders;
import io.mlengine.core.MLEngines;
import io.mlengine.core.api.JobHandle;
import io.mlengine.core.api.MLEngine;
import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** An engine with a local backend in a folder that is removed afterwards. */
final class Workbench implements AutoCloseable {
    final Path root;
    final MLEngine engine;

    Workbench() throws IOException {
        this(builder -> builder);
    }

    Workbench(UnaryOperator<LocalBackendConfig.Builder> settings) throws IOException {
        root = Files.createTempDirectory("mlengine-benchmark");
        LocalFolders own = LocalFolders.of(System.getenv(), Path.of(System.getProperty("user.home")));
        engine = MLEngines.builder()
                .backend(LocalBackend.create(settings.apply(LocalBackendConfig.builder()
                                .folders(new LocalFolders(root, own.cache(), own.secrets()))
                                .leaseFolder(root.resolve("leases"))
                                .closeGrace(Duration.ofSeconds(1)))
                        .build()))
                .build();
    }

    static MLTrain job(String name, String... command) {
        return MLTrain.named(name)
                .framework("command")
                .addRole(Role.named("worker").command(command).build())
                .build();
    }

    JobHandle submit(MLTrain job) {
        return engine.submit(job).join().orThrow();
    }

    void run(MLTrain job) {
        submit(job).await(Duration.ofMinutes(30));
    }

    @Override
    public void close() {
        engine.close();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
