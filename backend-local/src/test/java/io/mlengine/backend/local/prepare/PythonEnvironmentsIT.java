package io.mlengine.backend.local.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mlengine.backend.local.tool.Tool;
import io.mlengine.build.testing.Wheels;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.PythonEnvironment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real venv and real pip; all but one test need no network. */
@Timeout(300)
class PythonEnvironmentsIT {
    @TempDir
    Path folder;

    private final List<String> said = Collections.synchronizedList(new ArrayList<>());

    @Test
    void tenCallersInTwoProcessesMakeAnEnvironmentOnce() throws Exception {
        String wheel = wheel().toString();
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        EnvironmentBuilderMain.class.getName(),
                        cache().toString(),
                        wheel)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        ExecutorService executor = Executors.newFixedThreadPool(9);
        try {
            List<CompletableFuture<PythonPlace>> futures = new ArrayList<>();
            for (int i = 0; i < 9; i++) {
                futures.add(CompletableFuture.supplyAsync(() -> resolved(wheel), executor));
            }
            String heard = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            said.addAll(heard.lines().toList());
            assertThat(other.waitFor()).as(heard).isZero();
            for (CompletableFuture<PythonPlace> future : futures) {
                PythonPlace place = future.join();
                assertThat(place.isEnvironment()).isTrue();
                assertThat(heard).contains("place " + place.python());
                assertThat(Tool.of(place.python().toString(), "-c", "import tiny; print(tiny.ANSWER)")
                                .run()
                                .text())
                        .isEqualTo("42");
            }
        } finally {
            executor.shutdownNow();
        }
        assertThat(said)
                .filteredOn(line -> line.contains("making an environment"))
                .hasSize(1);
        assertThat(said).anyMatch(line -> line.startsWith("pip: Successfully installed tiny-1.0"));
    }

    @Test
    void anEnvironmentThatWasNotFinishedIsMadeAnew() throws Exception {
        String wheel = wheel().toString();
        PythonPlace first = resolved(wheel);
        Files.delete(first.binFolder().resolveSibling(".complete"));
        said.clear();
        assertThat(resolved(wheel).python()).isEqualTo(first.python());
        assertThat(said).anyMatch(line -> line.contains("making an environment"));
        said.clear();
        assertThat(resolved(wheel).python()).isEqualTo(first.python());
        assertThat(said).isEmpty();
    }

    @Test
    void aRequirementThatNobodyOffersIsTheJobsFault() {
        PreparationException e = failure("--no-index", "no-such-package-anywhere");
        assertThat(e.failureClass()).isEqualTo(FailureClass.CONFIGURATION);
        assertThat(e.reason()).isEqualTo("RequirementUnknown");
        assertThat(e).hasMessageContaining("no-such-package-anywhere");
    }

    @Test
    void anIndexThatCannotBeReachedMayBeThereNextTimeAndTheScreenIsNeverSilent() {
        List<Long> times = Collections.synchronizedList(new ArrayList<>(List.of(System.nanoTime())));
        PreparationException e = catchThrowableOfType(
                PreparationException.class,
                () -> new PythonEnvironments(cache(), System.getenv())
                        .resolve(
                                PythonEnvironment.builder()
                                        .addRequirements(
                                                "--index-url http://me:secret@127.0.0.1:1/simple",
                                                "no-such-package-anywhere")
                                        .build(),
                                line -> {
                                    said.add(line);
                                    times.add(System.nanoTime());
                                }));
        assertThat(said).isNotEmpty().noneMatch(line -> line.contains("secret"));
        assertThat(e.getMessage()).doesNotContain("secret");
        assertThat(e.failureClass()).isEqualTo(FailureClass.INFRASTRUCTURE);
        assertThat(e.reason()).isEqualTo("PackageIndexUnreachable");
        for (int i = 1; i < times.size(); i++) {
            assertThat(times.get(i) - times.get(i - 1)).isLessThan(5_000_000_000L);
        }
    }

    @Test
    void aSmallPackageComesFromTheNetwork() throws Exception {
        PythonEnvironment wanted =
                PythonEnvironment.builder().addRequirements("iniconfig==2.0.0").build();
        PythonPlace place;
        try {
            place = new PythonEnvironments(cache(), System.getenv()).resolve(wanted, said::add);
        } catch (PreparationException e) {
            boolean isOffline = e.reason().equals("PackageIndexUnreachable");
            boolean isRequired = "all".equals(System.getProperty("mlengine.require"));
            assumeTrue(!isOffline || isRequired, "no package index can be reached: " + e.getMessage());
            throw e;
        }
        assertThat(Tool.of(place.python().toString(), "-c", "import iniconfig")
                        .run()
                        .isSuccess())
                .isTrue();
    }

    @Test
    void pipSeesTheBuildVariablesAndOthersMakeAnotherEnvironment() throws Exception {
        wheel();
        PythonEnvironment.Builder tiny = PythonEnvironment.builder()
                .addRequirements("tiny")
                .putBuildVariable("PIP_NO_INDEX", "1")
                .putBuildVariable("PIP_FIND_LINKS", folder.toString());
        PythonEnvironments environments = new PythonEnvironments(cache(), System.getenv());
        Path first = environments.resolve(tiny.build(), said::add).python();
        assertThat(environments.resolve(tiny.build(), said::add).python()).isEqualTo(first);
        Path second = environments
                .resolve(tiny.putBuildVariable("WITH_SOMETHING", "1").build(), said::add)
                .python();
        assertThat(second).isNotEqualTo(first);
    }

    @Test
    void anEnvironmentThatSeesTheInterpretersPackagesIsMadeFromTheOneThatHasMost() throws Exception {
        Path richer = folder.resolve("richer");
        Tool.of("python3", "-m", "venv", "--without-pip", richer.toString()).run();
        Path packages = PythonInterpreter.ask(richer.resolve("bin/python"), List.of()).orElseThrow().folders().stream()
                .filter(path -> path.startsWith(richer))
                .findFirst()
                .orElseThrow();
        Path info = Files.createDirectories(packages.resolve("rare-1.0.dist-info"));
        Files.writeString(info.resolve("METADATA"), "Metadata-Version: 2.1\nName: rare\nVersion: 1.0\n");
        Map<String, String> environment = new TreeMap<>(System.getenv());
        environment.put(
                "MLENGINE_PYTHON",
                Tool.find("python3", environment).orElseThrow().toString());
        environment.put("VIRTUAL_ENV", richer.toString());
        PythonEnvironment.Builder wanted =
                PythonEnvironment.builder().addRequirements("rare", "--no-index", "no-such-package-anywhere");
        for (boolean seesPackages : List.of(false, true)) {
            said.clear();
            PreparationException e = catchThrowableOfType(
                    PreparationException.class,
                    () -> new PythonEnvironments(cache(), environment)
                            .resolve(wanted.systemSitePackages(seesPackages).build(), said::add));
            assertThat(e.reason()).isEqualTo("RequirementUnknown");
            assertThat(said)
                    .filteredOn(line -> line.contains("making an environment"))
                    .singleElement()
                    .satisfies(
                            line -> assertThat(line.contains(richer.toString())).isEqualTo(seesPackages));
        }
    }

    private PythonPlace resolved(String requirement) {
        try {
            return new PythonEnvironments(cache(), System.getenv())
                    .resolve(
                            PythonEnvironment.builder()
                                    .addRequirements(requirement)
                                    .build(),
                            said::add);
        } catch (PreparationException e) {
            throw new IllegalStateException(e);
        }
    }

    private PreparationException failure(String... requirements) {
        return catchThrowableOfType(
                PreparationException.class,
                () -> new PythonEnvironments(cache(), System.getenv())
                        .resolve(
                                PythonEnvironment.builder()
                                        .addRequirements(requirements)
                                        .build(),
                                said::add));
    }

    private Path cache() {
        return folder.resolve("cache");
    }

    private Path wheel() throws IOException {
        return Wheels.write(folder, "tiny", "1.0", "ANSWER = 42\n");
    }
}
