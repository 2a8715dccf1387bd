package io.mlengine.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.backend.local.prepare.CachedEnvironment;
import io.mlengine.backend.local.prepare.CachedEnvironment.State;
import io.mlengine.backend.local.prepare.EnvironmentCache;
import io.mlengine.build.testing.Wheels;
import io.mlengine.core.api.JobHandle;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Phase;
import io.mlengine.spi.model.JobEnvironment;
import io.mlengine.spi.model.PythonEnvironment;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Jobs with Python environments, made by real pip from packages of this test: no network is needed. */
@Timeout(300)
class EnvironmentsIT {
    /** Tells which environment it is, and which making of it: one that was made again has another file. */
    private static final String IDENTITY =
            "import os, sys; s = os.stat(sys.prefix + '/pyvenv.cfg'); print(sys.prefix, s.st_ino, s.st_mtime_ns)";

    @TempDir
    Path root;

    private Path cache;

    @BeforeEach
    void makePackages() throws IOException {
        Needed.check("python3 with venv and pip", Needed.succeeds("python3", "-c", "import venv, ensurepip"));
        cache = root.resolve("cache");
        for (String version : List.of("1.0", "2.0")) {
            Wheels.write(root, "tiny", version, "VERSION = '" + version + "'\n");
        }
    }

    static MLTrain job(String name, Path packages, String version, String script) {
        PythonEnvironment python = PythonEnvironment.builder()
                .addRequirements("--no-index", "--find-links " + packages, "tiny==" + version)
                .build();
        return ShellJobs.one(name, script)
                .environment(JobEnvironment.builder().python(python).build())
                .build();
    }

    @Test
    void conflictingVersionsAreUsedAtTheSameTime() {
        try (RealEngine engine = RealEngine.withCache(root, cache, builder -> builder)) {
            String say = "python -c 'import tiny; print(tiny.VERSION)'; ";
            JobHandle one = engine.submit(job("one", root, "1.0", say + meet("one", "two")));
            JobHandle two = engine.submit(job("two", root, "2.0", say + meet("two", "one")));
            assertThat(engine.end(one).isSuccess()).as(engine.story(one)).isTrue();
            assertThat(engine.end(two).isSuccess()).as(engine.story(two)).isTrue();
            assertThat(RealEngine.lines(one)).containsExactly("1.0");
            assertThat(RealEngine.lines(two)).containsExactly("2.0");
            assertThat(environments()).hasSize(2);
        }
    }

    @Test
    void aJobThatWasGivenGpusGetsThePackagesForThem() {
        List<String> options = List.of("--no-index", "--find-links " + root);
        PythonEnvironment python = PythonEnvironment.builder()
                .addAllRequirements(options)
                .addRequirements("tiny==1.0")
                .addAllGpuRequirements(options)
                .addGpuRequirements("tiny==2.0")
                .build();
        Role role = Role.named("worker")
                .command("python", "-c", "import tiny; print(tiny.VERSION)")
                .build();
        MLTrain without = MLTrain.named("without")
                .framework("command")
                .addRole(role)
                .environment(JobEnvironment.builder().python(python).build())
                .build();
        MLTrain with = MLTrain.builder()
                .from(without)
                .name("with")
                .roles(List.of(Role.builder()
                        .from(role)
                        .resources(Resources.builder().gpus(1).build())
                        .build()))
                .build();
        try (RealEngine engine = RealEngine.withCache(root, cache, builder -> builder.fakeGpus(1))) {
            for (MLTrain train : List.of(without, with)) {
                JobHandle job = engine.submit(train);
                assertThat(engine.end(job).isSuccess()).as(engine.story(job)).isTrue();
                assertThat(RealEngine.lines(job)).containsExactly(train == with ? "2.0" : "1.0");
            }
        }
    }

    private String meet(String own, String other) {
        return "touch " + root.resolve(own) + "; until [ -e " + root.resolve(other) + " ]; do sleep 0.05; done";
    }

    private List<CachedEnvironment> environments() {
        try {
            return EnvironmentCache.below(cache).list();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The other engine. */
    static final class OtherEngine {
        private OtherEngine() {}

        public static void main(String[] arguments) {
            Path root = Path.of(arguments[0]);
            try (RealEngine engine =
                    RealEngine.withCache(root.resolve("other"), root.resolve("cache"), builder -> builder)) {
                identities(engine, root).forEach(System.out::println);
            }
        }
    }

    private static List<String> identities(RealEngine engine, Path packages) {
        List<JobHandle> jobs = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            jobs.add(engine.submit(job("job-" + i, packages, "1.0", "python -c \"" + IDENTITY + "\"")));
        }
        List<String> said = new ArrayList<>();
        for (JobHandle job : jobs) {
            assertThat(engine.end(job).isSuccess()).as(engine.story(job)).isTrue();
            said.addAll(RealEngine.lines(job));
        }
        return said;
    }

    @Test
    void tenJobsOfTwoEnginesInTwoProcessesMakeOneEnvironmentOnce() throws Exception {
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OtherEngine.class.getName(),
                        root.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> said;
        try (RealEngine engine = RealEngine.withCache(root.resolve("own"), cache, builder -> builder)) {
            said = new ArrayList<>(identities(engine, root));
        }
        String heard = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(other.waitFor()).as(heard).isZero();
        said.addAll(heard.lines().toList());
        assertThat(said).hasSize(10);
        assertThat(said).as("one environment, made once").containsOnly(said.get(0));
    }

    @Test
    void anEnvironmentStaysWhileAJobUsesItAndGoesWhenAnEngineFindsItBeyondTheLimits() throws IOException {
        try (RealEngine engine = RealEngine.withCache(root, cache, builder -> builder)) {
            JobHandle job = engine.submit(job("long", root, "1.0", meet("up", "go") + "; python -c 'import tiny'"));
            engine.await(job, "runs", view -> view.phase() == Phase.RUNNING);
            CachedEnvironment used = environments().get(0);
            assertThat(used.state()).isEqualTo(State.IN_USE);
            assertThat(EnvironmentCache.below(cache).remove(used)).isFalse();
            Files.createFile(root.resolve("go"));
            assertThat(engine.end(job).isSuccess()).as(engine.story(job)).isTrue();
            RealEngine.awaitTrue(
                    RealEngine.PATIENCE,
                    "its use has ended",
                    () -> environments().get(0).state() == State.READY);
        }
        assertThat(environments()).hasSize(1);
        // As if the last sweep were long ago.
        Files.deleteIfExists(EnvironmentCache.below(cache).folder().resolve("swept"));
        try (RealEngine strict = RealEngine.withCache(
                root, cache, builder -> builder.environmentAge(Duration.ZERO).environmentBytes(0))) {
            RealEngine.awaitTrue(
                    RealEngine.PATIENCE, "it is gone", () -> environments().isEmpty());
            assertThat(strict.engine.health()).isNotNull();
        }
    }
}
