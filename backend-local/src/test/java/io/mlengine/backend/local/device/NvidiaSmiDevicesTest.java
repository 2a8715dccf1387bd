package io.mlengine.backend.local.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlengine.spi.backend.UsageSample;
import io.mlengine.spi.model.Device;
import io.mlengine.spi.model.Device.Availability;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;

/** Recorded answers only: none of this has met a real driver. */
class NvidiaSmiDevicesTest {
    private static final String FIRST = "GPU-5d5ba0d6-d33d-2b2c-524d-9e3d8d2b8a77";
    private static final LongPredicate NOBODY = pid -> false;

    @Test
    void aMachineWithoutGpusHasNoDevices() throws IOException {
        assertThat(devices("no-gpu", NOBODY, false)).isEmpty();
    }

    @Test
    void idleGpusAreAvailableWithTheirMemoryAndModel() throws IOException {
        List<Device> devices = devices("two-a100-idle", NOBODY, false);
        assertThat(devices).hasSize(2);
        assertThat(devices.get(0).id()).isEqualTo(FIRST);
        assertThat(devices).extracting(Device::index).containsExactly(0, 1);
        assertThat(devices).allSatisfy(device -> {
            assertThat(device.model()).isEqualTo("NVIDIA A100-SXM4-80GB");
            assertThat(device.memoryBytes()).isEqualTo(81920L << 20);
            assertThat(device.availability()).isEqualTo(Availability.AVAILABLE);
            assertThat(device.migProfile()).isEmpty();
        });
    }

    @Test
    void aStrangersProcessMakesAGpuForeignAndIsNamed() throws IOException {
        Device device = devices("one-a100-foreign", NOBODY, false).get(0);
        assertThat(device.availability()).isEqualTo(Availability.FOREIGN);
        // The screen's own process draws and does not count.
        assertThat(device.detail()).isEqualTo("in use by process 48211 (/opt/conda/bin/python)");
    }

    @Test
    void ourOwnProcessesAndThoseToBeIgnoredLeaveAGpuAvailable() throws IOException {
        assertThat(devices("one-a100-foreign", pid -> pid == 48211, false)
                        .get(0)
                        .availability())
                .isEqualTo(Availability.AVAILABLE);
        assertThat(devices("one-a100-foreign", NOBODY, true).get(0).availability())
                .isEqualTo(Availability.AVAILABLE);
    }

    @Test
    void aGpuInMigModeIsReplacedByItsInstances() throws IOException {
        List<Device> devices = devices("a100-mig", NOBODY, false);
        assertThat(devices).hasSize(4);
        assertThat(devices.get(0).availability()).isEqualTo(Availability.UNUSABLE);
        assertThat(devices.get(0).detail()).contains("MIG mode");
        Device large = devices.get(1);
        assertThat(large.id()).isEqualTo("MIG-c6d4f1ef-42e4-5de3-91c7-45d71c87eb3f");
        assertThat(large.migProfile()).contains("3g.40gb");
        assertThat(large.parent()).contains(FIRST);
        assertThat(large.memoryBytes()).isEqualTo(40192L << 20);
        assertThat(large.availability()).isEqualTo(Availability.AVAILABLE);
        Device small = devices.get(2);
        assertThat(small.migProfile()).contains("1g.10gb");
        assertThat(small.availability()).isEqualTo(Availability.FOREIGN);
        assertThat(small.detail()).contains("process 5150 (python)");
        assertThat(devices.get(3).availability()).isEqualTo(Availability.AVAILABLE);
    }

    @Test
    void anH200IsRead() throws IOException {
        Device device = devices("one-h200", NOBODY, false).get(0);
        assertThat(device.model()).isEqualTo("NVIDIA H200");
        assertThat(device.memoryBytes()).isEqualTo(143771L << 20);
        assertThat(inventory("one-h200").report().sentence())
                .isEqualTo("found through nvidia-smi, driver 570.86.15, CUDA 12.8 (NVML is missing)");
    }

    @Test
    void brokenGpusAreUnusableAndMissingFieldsAreNoFault() throws IOException {
        List<Device> devices = devices("broken-and-sparse", NOBODY, false);
        assertThat(devices)
                .extracting(Device::availability)
                .containsExactly(Availability.UNUSABLE, Availability.AVAILABLE, Availability.UNUSABLE);
        assertThat(devices.get(0).id()).isEqualTo(FIRST);
        assertThat(devices.get(0).detail()).contains("error").contains("00000000:07:00.0");
        assertThat(devices.get(1).memoryBytes()).isZero();
        assertThat(devices.get(2).id()).isEqualTo("GPU-2");
    }

    @Test
    void usageTellsBusyShareAndMemoryOfTheDevicesAskedFor() throws IOException {
        assertThat(inventory("one-a100-foreign").usage(Set.of(FIRST)))
                .containsExactly(new UsageSample.Gpu(FIRST, 97, 21847L << 20));
        assertThat(inventory("one-a100-foreign").usage(Set.of("GPU-other"))).isEmpty();
        // In MIG mode the busy share is N/A: no figure is better than a wrong one.
        assertThat(inventory("a100-mig").usage(Set.of(FIRST, "MIG-c6d4f1ef-42e4-5de3-91c7-45d71c87eb3f")))
                .isEmpty();
    }

    @Test
    void samplesInQuickSuccessionDoNotStartTheProgramEachTime() throws IOException {
        AtomicInteger calls = new AtomicInteger();
        AtomicLong nanos = new AtomicLong();
        DeviceInventory inventory = new NvidiaSmiDevices(
                arguments -> {
                    calls.incrementAndGet();
                    return recorded("two-a100-idle").ask(arguments);
                },
                DeviceJudge.of(DeviceSettings.DEFAULT),
                nanos::get,
                "");
        int before = calls.get();
        inventory.usage(Set.of(FIRST));
        inventory.usage(Set.of(FIRST));
        assertThat(calls.get()).isEqualTo(before);
        nanos.addAndGet(NvidiaSmiDevices.REST_NANOS);
        inventory.usage(Set.of(FIRST));
        assertThat(calls.get()).isGreaterThan(before);
    }

    @Test
    void anAnswerThatFailsKeepsTheDevicesThatWereThere() throws IOException {
        boolean[] fails = {false};
        DeviceInventory inventory = new NvidiaSmiDevices(
                arguments -> {
                    if (fails[0]) {
                        throw new IOException("nvidia-smi does not answer");
                    }
                    return recorded("two-a100-idle").ask(arguments);
                },
                DeviceJudge.of(DeviceSettings.DEFAULT),
                () -> 0,
                "");
        fails[0] = true;
        assertThat(inventory.devices()).hasSize(2);
    }

    @Test
    void whatIsNoXmlIsAnError() {
        assertThatThrownBy(() -> NvidiaSmiLog.parse("NVIDIA-SMI has failed", ""))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no readable XML");
    }

    private static List<Device> devices(String name, LongPredicate ours, boolean ignoreForeign) throws IOException {
        return new NvidiaSmiDevices(
                        recorded(name),
                        DeviceJudge.of(new DeviceSettings(0, ignoreForeign, ours)),
                        System::nanoTime,
                        "")
                .devices();
    }

    private static DeviceInventory inventory(String name) throws IOException {
        return new NvidiaSmiDevices(
                recorded(name), DeviceJudge.of(DeviceSettings.DEFAULT), System::nanoTime, "NVML is missing");
    }

    private static NvidiaSmi recorded(String name) {
        return arguments -> {
            String file = name + (arguments[0].equals("-L") ? ".list" : ".xml");
            try (InputStream stream = NvidiaSmiDevicesTest.class.getResourceAsStream(file)) {
                if (stream == null) {
                    throw new IOException("no recording " + file);
                }
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            }
        };
    }
}
