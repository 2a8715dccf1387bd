package io.mlengine.backend.local.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlengine.spi.error.MLEngineException;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.JobId;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaseBookTest {
    private static final AttemptId A = new AttemptId(JobId.of("job-a"), 1);
    private static final AttemptId B = new AttemptId(JobId.of("job-b"), 2);
    private static final PortRange RANGE = new PortRange(18_000, 19_999);

    @TempDir
    Path folder;

    @Test
    void aLeasedDeviceIsTakenForOthersAndItsHolderIsNamed() throws Exception {
        try (LeaseBook book = LeaseBook.open(folder, RANGE)) {
            book.claimDevices(A, Set.of("GPU-1", "GPU-2"));
            book.claimDevices(A, Set.of("GPU-1"));
            assertThatThrownBy(() -> book.claimDevices(B, Set.of("GPU-2")))
                    .isInstanceOf(LeaseTakenException.class)
                    .hasMessageStartingWith("GPU-2 is leased by attempt job-a/1 of engine process "
                            + ProcessHandle.current().pid());
            assertThat(book.holders()).containsOnlyKeys("GPU-1", "GPU-2");
            book.release(A);
            assertThat(book.holders()).isEmpty();
            book.claimDevices(B, Set.of("GPU-2"));
        }
    }

    @Test
    void devicesAreClaimedAllOrNone() throws Exception {
        try (LeaseBook book = LeaseBook.open(folder, RANGE)) {
            book.claimDevices(A, Set.of("GPU-2"));
            assertThatThrownBy(() -> book.claimDevices(B, Set.of("GPU-1", "GPU-2", "GPU-3")))
                    .isInstanceOf(LeaseTakenException.class);
            assertThat(book.holders()).containsOnlyKeys("GPU-2");
            book.claimDevices(A, Set.of("GPU-1", "GPU-3"));
        }
    }

    @Test
    @SuppressWarnings("try") // the first one is closed early on purpose
    void twoEnginesInOneProcessShareTheMachine() throws Exception {
        try (LeaseBook first = LeaseBook.open(folder, RANGE);
                LeaseBook second = LeaseBook.open(folder, RANGE)) {
            first.claimDevices(A, Set.of("GPU-1"));
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> second.claimDevices(B, Set.of("GPU-1")))
                        .isInstanceOf(LeaseTakenException.class)
                        .hasMessageContaining("job-a/1");
            }
            assertThat(second.holders()).containsOnlyKeys("GPU-1");
            assertThat(second.claimPort(B, "x")).isNotEqualTo(first.claimPort(A, "x"));
            first.close();
            second.claimDevices(B, Set.of("GPU-1"));
        }
    }

    @Test
    void oddDeviceNamesAreKeptApart() throws Exception {
        try (LeaseBook book = LeaseBook.open(folder, RANGE)) {
            book.claimDevices(A, Set.of("MIG-GPU-1/1/0", "MIG-GPU-1/10", "MIG-GPU-1_1_0", "../x"));
            assertThat(book.holders()).hasSize(4);
            assertThat(Files.exists(folder.resolveSibling("x.lock"))).isFalse();
        }
    }

    @Test
    void aThousandPortsAreAllDifferentAndInsideTheRange() {
        try (LeaseBook book = LeaseBook.open(folder, RANGE)) {
            Set<Integer> ports = new TreeSet<>();
            for (int i = 0; i < 1000; i++) {
                ports.add(book.claimPort(i % 2 == 0 ? A : B, "replica " + i));
            }
            assertThat(ports).hasSize(1000).allSatisfy(port -> assertThat(port).isBetween(18_000, 19_999));
        }
    }

    @Test
    void aPortThatAStrangerListensOnIsSkipped() throws Exception {
        try (ServerSocket stranger = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = stranger.getLocalPort();
            try (LeaseBook book = LeaseBook.open(folder, new PortRange(port, port))) {
                assertThatThrownBy(() -> book.claimPort(A, "master"))
                        .isInstanceOf(MLEngineException.class)
                        .hasMessageContaining("No port of the range is free")
                        .hasMessageContaining("in use by others=1");
            }
        }
    }

    @Test
    void aPortGivenBackRestsForAMinute() {
        InstantSource now = InstantSource.system();
        boolean[] isLater = {false};
        InstantSource clock = () -> isLater[0] ? now.instant().plus(LeaseBook.REST) : now.instant();
        try (LeaseBook book = LeaseBook.open(folder, new PortRange(18_500, 18_501), clock)) {
            int first = book.claimPort(A, "x");
            int second = book.claimPort(A, "x");
            book.release(A);
            assertThatThrownBy(() -> book.claimPort(B, "x"))
                    .isInstanceOf(MLEngineException.class)
                    .satisfies(e -> assertThat(((MLEngineException) e).code()).isEqualTo(LeaseError.PORTS_USED_UP));
            isLater[0] = true;
            assertThat(Set.of(first, second)).contains(book.claimPort(B, "x"));
        }
    }

    @Test
    void childrenInheritNoLeaseFile() throws Exception {
        try (LeaseBook book = LeaseBook.open(folder, RANGE)) {
            book.claimDevices(A, Set.of("GPU-1"));
            Process child = new ProcessBuilder("ls", "-l", "/proc/self/fd").start();
            String open = new String(child.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            assertThat(open).contains("/proc").doesNotContain(folder.toString());
        }
    }

    @Test
    void theFolderIsForAllUsers() throws Exception {
        Path shared = folder.resolve("leases");
        try (LeaseBook book = LeaseBook.open(shared, RANGE)) {
            book.claimDevices(A, Set.of("GPU-1"));
            assertThat((int) Files.getAttribute(shared, "unix:mode") & 07777).isEqualTo(01777);
            assertThat((int) Files.getAttribute(shared.resolve("device-GPU-1.lock"), "unix:mode") & 0777)
                    .isEqualTo(0666);
        }
    }

    @Test
    void aFolderThatCannotBeMadeIsAnError() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> LeaseBook.open(file.resolve("leases"), RANGE))
                .isInstanceOf(MLEngineException.class)
                .satisfies(e -> assertThat(((MLEngineException) e).code()).isEqualTo(LeaseError.LEASE_FOLDER_UNUSABLE));
    }

    @Test
    void theRangeStaysOutsideOfEphemeralPorts() throws Exception {
        Path file = folder.resolve("range");
        Files.writeString(file, "32768\t60999\n");
        assertThat(PortRange.outside(file)).isEqualTo(PortRange.DEFAULT);
        Files.writeString(file, "15000 65000\n");
        assertThat(PortRange.outside(file)).isEqualTo(new PortRange(1024, 14_999));
        Files.writeString(file, "1024 50000\n");
        assertThat(PortRange.outside(file)).isEqualTo(new PortRange(50_001, 65_535));
        assertThat(PortRange.outside(folder.resolve("absent"))).isEqualTo(PortRange.DEFAULT);
    }
}
