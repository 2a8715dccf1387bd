package io.mlengine.backend.local.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.backend.local.device.DeviceSettings;
import io.mlengine.backend.local.prepare.LocalFolders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {
    @TempDir
    Path folder;

    @Test
    void everythingIsLookedAtWithinTwoSeconds() {
        long start = System.nanoTime();
        List<Check> checks = doctor(DeviceSettings.DEFAULT, System.getenv()).checks();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
        assertThat(checks)
                .extracting(Check::name)
                .containsExactly(
                        "Java",
                        "Python",
                        "git",
                        "GPUs",
                        "cgroup",
                        "setsid",
                        "ports",
                        "leases",
                        "state folder",
                        "cache folder",
                        "open files");
        assertThat(checks).allSatisfy(check -> {
            assertThat(check.found()).isNotBlank();
            assertThat(check.remedy().isEmpty()).isEqualTo(check.status() == Check.Status.OK);
        });
    }

    @Test
    void whatIsMissingComesWithARemedy() {
        List<Check> checks = doctor(new DeviceSettings(2, false, pid -> false), Map.of("PATH", "/nowhere"))
                .checks();
        assertThat(check(checks, "Python").status()).isEqualTo(Check.Status.MISSING);
        assertThat(check(checks, "git").status()).isEqualTo(Check.Status.WARNING);
        assertThat(check(checks, "setsid").remedy()).contains("util-linux");
        assertThat(check(checks, "GPUs").status()).isEqualTo(Check.Status.OK);
        assertThat(check(checks, "GPUs").found()).contains("2 Fake GPU").contains("made up");
    }

    @Test
    void aHangingProgramDelaysNobody() throws Exception {
        Path git = Files.writeString(folder.resolve("git"), "#!/bin/sh\nexec sleep 30\n");
        assertThat(git.toFile().setExecutable(true)).isTrue();
        long start = System.nanoTime();
        List<Check> checks = doctor(DeviceSettings.DEFAULT, Map.of("PATH", folder + ":/usr/bin:/bin"))
                .checks();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(2_500));
        assertThat(checks).hasSize(11);
        assertThat(check(checks, "git").status()).isEqualTo(Check.Status.WARNING);
        assertThat(check(checks, "Java").status()).isEqualTo(Check.Status.OK);
    }

    @Test
    void bothVersionsOfControlGroupsAreTold() throws Exception {
        Path own = Files.writeString(folder.resolve("own"), "0::/user.slice/me\n");
        Path second = Files.createDirectories(folder.resolve("v2/user.slice/me"));
        Files.writeString(folder.resolve("v2/cgroup.controllers"), "cpu memory");
        assertThat(Cgroups.check(folder.resolve("v2"), own).status()).isEqualTo(Check.Status.WARNING);
        Files.writeString(second.resolve("cgroup.subtree_control"), "");
        assertThat(Cgroups.check(folder.resolve("v2"), own).found()).startsWith("version 2, writable");
        Files.createDirectories(folder.resolve("v1/memory"));
        Files.writeString(own, "5:memory:/docker/abc\n4:cpu:/x\n");
        assertThat(Cgroups.check(folder.resolve("v1"), own).found()).startsWith("version 1, writable");
        assertThat(Cgroups.check(Files.createDirectories(folder.resolve("none")), own)
                        .remedy())
                .contains("without limits");
    }

    @Test
    void littleSpaceAndFewFilesAreWarnedOf() throws Exception {
        assertThat(Doctor.folder("x", folder.resolve("a/b"), Long.MAX_VALUE).status())
                .isEqualTo(Check.Status.WARNING);
        assertThat(Doctor.folder("x", folder.resolve("a/b"), 0).status()).isEqualTo(Check.Status.OK);
        Path limits = folder.resolve("limits");
        Files.writeString(limits, "Limit  Soft Limit  Hard Limit  Units\nMax open files  1024  524288  files\n");
        assertThat(Doctor.openFiles(limits).status()).isEqualTo(Check.Status.WARNING);
        Files.writeString(limits, "Max open files  unlimited  unlimited  files\n");
        assertThat(Doctor.openFiles(limits).status()).isEqualTo(Check.Status.OK);
    }

    private static Check check(List<Check> checks, String name) {
        return checks.stream()
                .filter(check -> check.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private Doctor doctor(DeviceSettings devices, Map<String, String> environment) {
        LocalFolders folders = new LocalFolders(folder.resolve("s"), folder.resolve("c"), folder.resolve("x"));
        return new Doctor(folders, folder.resolve("l"), devices, environment);
    }
}
