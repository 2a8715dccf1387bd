package io.mlengine.backend.local.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.backend.local.lease.MachineLock;
import io.mlengine.backend.local.prepare.CachedEnvironment.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With folders that look like environments, and without Python. */
@Timeout(60)
class EnvironmentCacheTest {
    private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
    private static final EnvironmentLimits NOTHING_KEPT = new EnvironmentLimits(Duration.ZERO, 0);

    @TempDir
    Path folder;

    private EnvironmentPlace made(String requirement, int daysUnused) throws IOException {
        Path python = Files.createDirectories(folder.resolve("python"));
        EnvironmentPlace place = new EnvironmentPlace(python, Digest.of(requirement));
        Path bin = Files.createDirectories(place.folder().resolve("bin"));
        Files.createFile(
                bin.resolve("python"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.writeString(place.folder().resolve("pyvenv.cfg"), "home = /usr/bin\nversion = 3.11.2\n");
        Files.writeString(place.folder().resolve("requirements.txt"), requirement + "\n");
        Files.writeString(place.mark(), requirement + "\n");
        place.touch(NOW.minus(Duration.ofDays(daysUnused)));
        return place;
    }

    private EnvironmentCache cache() {
        return EnvironmentCache.below(folder);
    }

    private EnvironmentSweep sweep(EnvironmentLimits limits, Instant now) {
        return new EnvironmentSweep(cache(), limits, () -> now);
    }

    private CachedEnvironment only() throws IOException {
        assertThat(cache().list()).hasSize(1);
        return cache().list().get(0);
    }

    @Test
    void anEmptyCacheHasNone() throws IOException {
        assertThat(cache().list()).isEmpty();
        sweep(NOTHING_KEPT, NOW).look();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void listsWhatEachHoldsTheLastUsedFirst() throws IOException {
        made("six==1.15.0", 3);
        made("--index-url https://me:secret@index.example/simple", 1);
        Files.createDirectories(folder.resolve("python/shims"));
        List<CachedEnvironment> all = cache().list();
        assertThat(all)
                .extracting(environment -> environment.requirements().get(0))
                .containsExactly("--index-url https://***@index.example/simple", "six==1.15.0");
        assertThat(all.get(1).python()).isEqualTo("3.11.2");
        assertThat(all.get(1).lastUsed()).isEqualTo(NOW.minus(Duration.ofDays(3)));
        assertThat(all.get(1).bytes()).isPositive();
        assertThat(all).extracting(CachedEnvironment::state).containsOnly(State.READY);
    }

    @Test
    void anyNumberMayUseOneAndItStaysUntilTheLastHasEnded() throws IOException {
        EnvironmentPlace place = made("six", 100);
        EnvironmentUse first = EnvironmentUses.begin(place);
        EnvironmentUse second = EnvironmentUses.begin(place);
        first.close();
        first.close();
        CachedEnvironment used = only();
        assertThat(used.state()).isEqualTo(State.IN_USE);
        assertThat(used.lastUsed()).isAfter(NOW);
        assertThat(cache().remove(used)).isFalse();
        second.close();
        assertThat(only().state()).isEqualTo(State.READY);
        assertThat(place.uses()).isEmptyDirectory();
        assertThat(cache().remove(used)).isTrue();
        assertThat(cache().list()).isEmpty();
    }

    @Test
    void theUseOfAnotherProcessCountsAndEndsWithItHoweverThatEnds() throws Exception {
        EnvironmentPlace place = made("six", 100);
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        EnvironmentUserMain.class.getName(),
                        place.cache().toString(),
                        place.name())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertThat(other.inputReader().readLine()).isEqualTo("in use");
            sweep(NOTHING_KEPT, NOW.plus(Duration.ofDays(1_000))).look();
            assertThat(only().state()).isEqualTo(State.IN_USE);
        } finally {
            other.destroyForcibly().waitFor();
        }
        assertThat(place.uses()).isNotEmptyDirectory();
        assertThat(only().state()).isEqualTo(State.READY);
        assertThat(cache().remove(only())).isTrue();
        assertThat(place.uses()).doesNotExist();
    }

    @Test
    void whatIsBeingMadeIsInUseAndWhatWasNeverFinishedIsBroken() throws IOException {
        EnvironmentPlace place = made("six", 0);
        Files.delete(place.mark());
        try (MachineLock maker = MachineLock.tryAcquire(place.lock()).orElseThrow()) {
            assertThat(only().state()).isEqualTo(State.IN_USE);
            assertThat(cache().remove(only())).isFalse();
            assertThat(maker).isNotNull();
        }
        assertThat(only().state()).isEqualTo(State.BROKEN);
    }

    @Test
    void anEnvironmentWithoutItsInterpreterIsBroken() throws IOException {
        EnvironmentPlace place = made("six", 0);
        Files.delete(place.folder().resolve("bin/python"));
        assertThat(only().state()).isEqualTo(State.BROKEN);
    }

    @Test
    void aSweepTakesWhatIsBeyondTheLimits() throws IOException {
        made("old", 31);
        EnvironmentPlace recent = made("recent", 29);
        sweep(new EnvironmentLimits(Duration.ofDays(30), Long.MAX_VALUE), NOW).look();
        assertThat(only().folder()).isEqualTo(recent.folder());
    }

    @Test
    void oneEngineSweepsOnceAnHourUnlessSomethingWasMade() throws IOException {
        sweep(NOTHING_KEPT, NOW).look();
        made("first", 1);
        sweep(NOTHING_KEPT, NOW).look();
        assertThat(cache().list()).isEmpty();
        EnvironmentPlace second = made("second", 1);
        sweep(NOTHING_KEPT, NOW.plus(Duration.ofMinutes(59))).look();
        assertThat(cache().list()).hasSize(1);
        EnvironmentSweep.hasten(second.cache());
        sweep(NOTHING_KEPT, NOW.plus(Duration.ofMinutes(59))).look();
        assertThat(cache().list()).isEmpty();
        made("third", 1);
        sweep(NOTHING_KEPT, NOW.plus(Duration.ofMinutes(120))).look();
        assertThat(cache().list()).isEmpty();
    }
}
