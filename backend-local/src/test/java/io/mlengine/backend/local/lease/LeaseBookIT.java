package io.mlengine.backend.local.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.JobId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two Java processes compete for the same devices and ports. */
@Timeout(60)
class LeaseBookIT {
    private static final AttemptId OWN = new AttemptId(JobId.of("own-job"), 1);
    private static final PortRange RANGE = new PortRange(17_000, 17_999);

    @TempDir
    Path folder;

    private Process other;
    private Writer toOther;
    private BufferedReader fromOther;

    @BeforeEach
    void startOther() throws IOException {
        other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LeaseHolderMain.class.getName(),
                        folder.toString(),
                        String.valueOf(RANGE.first()),
                        String.valueOf(RANGE.last()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        toOther = new OutputStreamWriter(other.getOutputStream(), StandardCharsets.UTF_8);
        fromOther = new BufferedReader(new InputStreamReader(other.getInputStream(), StandardCharsets.UTF_8));
    }

    @AfterEach
    void stopOther() throws InterruptedException {
        other.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }

    @Test
    void aDeviceHasOneHolderOnTheMachineAndIsFreeAtOnceWhenThatIsKilled() throws Exception {
        try (LeaseBook book = LeaseBook.open(folder, RANGE)) {
            assertThat(tell("device GPU-1")).isEqualTo("ok");
            assertThatThrownBy(() -> book.claimDevices(OWN, Set.of("GPU-0", "GPU-1")))
                    .isInstanceOf(LeaseTakenException.class)
                    .hasMessageContaining("GPU-1 is leased by attempt other-job/3 of engine process " + other.pid());
            assertThat(book.holders()).containsOnlyKeys("GPU-1");
            book.claimDevices(OWN, Set.of("GPU-0"));
            assertThat(tell("device GPU-0")).contains("GPU-0 is leased by attempt own-job/1");

            new ProcessBuilder("kill", "-9", String.valueOf(other.pid()))
                    .start()
                    .waitFor();
            other.waitFor();
            book.claimDevices(OWN, Set.of("GPU-1"));
            assertThat(book.holders()).containsOnlyKeys("GPU-0", "GPU-1");
        }
    }

    @Test
    void refusalsInsideThisProcessDoNotOpenTheLeaseForOthers() throws Exception {
        try (LeaseBook book = LeaseBook.open(folder, RANGE);
                LeaseBook neighbour = LeaseBook.open(folder, RANGE)) {
            book.claimDevices(OWN, Set.of("GPU-1"));
            assertThatThrownBy(() -> neighbour.claimDevices(OWN, Set.of("GPU-1")))
                    .isInstanceOf(LeaseTakenException.class);
            assertThat(neighbour.holders()).hasSize(1);
            // The neighbour must not have dropped the process's lock by closing the file.
            assertThat(tell("device GPU-1")).contains("is leased by attempt own-job/1");
        }
        assertThat(tell("device GPU-1")).isEqualTo("ok");
    }

    @Test
    void twoProcessesThatDrawPortsAtTheSameTimeNeverGetTheSame() throws Exception {
        try (LeaseBook book = LeaseBook.open(folder, RANGE)) {
            toOther.write("ports 300\n");
            toOther.flush();
            Set<Integer> ports = new TreeSet<>();
            for (int i = 0; i < 300; i++) {
                ports.add(book.claimPort(OWN, "port " + i));
            }
            Stream.of(fromOther.readLine().split(" ")).map(Integer::valueOf).forEach(ports::add);
            assertThat(ports).hasSize(600);
        }
    }

    private String tell(String order) throws IOException {
        toOther.write(order + "\n");
        toOther.flush();
        return fromOther.readLine();
    }
}
