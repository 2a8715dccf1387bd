package io.mlengine.backend.local.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder cannot behave like the kernel's file system, so this reads and writes single files of it. */
class ControlGroupsTest {
    @TempDir
    Path folder;

    @Test
    void theOwnGroupIsFoundInBothVersions() {
        List<String> lines = List.of("4:memory:/a/b", "3:cpu,cpuacct:/c", "0::/user.slice/x");
        assertThat(Mount.ownGroup(lines, "memory")).isEqualTo("/a/b");
        assertThat(Mount.ownGroup(lines, "cpu")).isEqualTo("/c");
        assertThat(Mount.ownGroup(lines, "")).isEqualTo("/user.slice/x");
        assertThat(Mount.ownGroup(lines, "pids")).isEqualTo("/");
    }

    @Test
    void mountsOfControlGroupsAreRead() throws IOException {
        Path mounts = Files.writeString(folder.resolve("mounts"), """
                proc /proc proc rw 0 0
                cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0
                cgroup /sys/fs/cgroup/memory cgroup rw,relatime,memory 0 0
                """);
        assertThat(Mount.all(mounts))
                .extracting(Mount::type, Mount::folder)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("cgroup2", Path.of("/sys/fs/cgroup")),
                        org.assertj.core.groups.Tuple.tuple("cgroup", Path.of("/sys/fs/cgroup/memory")));
    }

    @Test
    void aGroupOutsideOfTheMountIsNotUsed() {
        Mount mount = new Mount(folder, "cgroup2", List.of());
        assertThat(mount.resolve("/../../elsewhere")).isEqualTo(folder);
        assertThat(mount.resolve("/not-there")).isEqualTo(folder);
    }

    @Test
    void aKillForMemoryIsReadInBothVersions() throws IOException {
        ControlGroup group = new FolderGroup(List.of(folder));
        assertThat(group.hasKilledForMemory()).isFalse();
        Files.writeString(folder.resolve("memory.events"), "low 0\nmax 9\noom 0\noom_kill 0\noom_group_kill 0\n");
        assertThat(group.hasKilledForMemory()).isFalse();
        Files.writeString(folder.resolve("memory.events"), "low 0\nmax 9\noom 1\noom_kill 2\n");
        assertThat(group.hasKilledForMemory()).isTrue();
        Files.delete(folder.resolve("memory.events"));
        Files.writeString(folder.resolve("memory.oom_control"), "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n");
        assertThat(group.hasKilledForMemory()).isTrue();
    }

    @Test
    void withoutControlGroupsLimitsAreSaidToBeNotEnforced() throws IOException {
        ControlGroups none = ControlGroups.none();
        assertThat(none.limitsMemory()).isFalse();
        assertThat(none.description()).contains("not enforced");
        assertThat(none.create("x", 1 << 20, 1000)).isSameAs(ControlGroup.NONE);
        Mount readOnly = new Mount(Path.of("/proc"), "cgroup", List.of("memory"));
        assertThat(ControlGroups.detect(List.of(readOnly), List.of()).limitsMemory())
                .isFalse();
    }
}
