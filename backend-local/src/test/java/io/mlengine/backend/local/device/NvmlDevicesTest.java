package io.mlengine.backend.local.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlengine.spi.backend.UsageSample;
import io.mlengine.spi.model.Device;
import io.mlengine.spi.model.Device.Availability;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;

/** A made-up library only: none of this has met a real driver. */
class NvmlDevicesTest {
    private final FakeNvml nvml = new FakeNvml();

    @Test
    void gpusAreReadWithVersionsAndUse() throws Exception {
        FakeNvml.Board board = nvml.board("GPU-1");
        board.busy = 42;
        board.used = 5L << 30;
        NvmlDevices inventory = open(pid -> false);
        Device device = inventory.devices().get(0);
        assertThat(device.id()).isEqualTo("GPU-1");
        assertThat(device.memoryBytes()).isEqualTo(80L << 30);
        assertThat(device.availability()).isEqualTo(Availability.AVAILABLE);
        assertThat(inventory.report().sentence()).isEqualTo("found through NVML, driver 570.86.15, NVML 12.570.86.15");
        assertThat(inventory.usage(Set.of("GPU-1"))).containsExactly(new UsageSample.Gpu("GPU-1", 42, 5L << 30));
    }

    @Test
    void foreignProcessesAreToldFromOursAlsoWithOlderDrivers() throws Exception {
        FakeNvml.Board board = nvml.board("GPU-1");
        int self = (int) ProcessHandle.current().pid();
        board.pids.addAll(List.of(self, 999_999_999));
        nvml.hasNewProcessCall = false;
        assertThat(open(pid -> pid == 999_999_999).devices().get(0).detail())
                .startsWith("in use by process " + self + " (")
                .contains("java");
        assertThat(open(pid -> pid == self).devices().get(0).detail()).isEqualTo("in use by process 999999999");
        assertThat(open(pid -> true).devices().get(0).availability()).isEqualTo(Availability.AVAILABLE);
    }

    @Test
    void instancesAreNamedByTheDriverOrByTheirSlices() throws Exception {
        FakeNvml.Board board = nvml.board("GPU-1");
        FakeNvml.Board named = nvml.instance(board, "MIG-1");
        named.name = "NVIDIA A100-SXM4-80GB MIG 3g.40gb";
        named.total = 40192L << 20;
        FakeNvml.Board unnamed = nvml.instance(board, "MIG-2");
        unnamed.total = 9728L << 20;
        unnamed.gpuSlices = 1;
        unnamed.computeSlices = 1;
        unnamed.pids.add(999_999_999);
        List<Device> devices = open(pid -> false).devices();
        assertThat(devices).extracting(Device::id).containsExactly("GPU-1", "MIG-1", "MIG-2");
        assertThat(devices.get(0).availability()).isEqualTo(Availability.UNUSABLE);
        assertThat(devices.get(1).migProfile()).contains("3g.40gb");
        assertThat(devices.get(1).availability()).isEqualTo(Availability.AVAILABLE);
        assertThat(devices.get(2).migProfile()).contains("1g.10gb");
        assertThat(devices.get(2).parent()).contains("GPU-1");
        assertThat(devices.get(2).availability()).isEqualTo(Availability.FOREIGN);
    }

    @Test
    void aLostGpuIsUnusableAndTheOthersStay() throws Exception {
        nvml.board("GPU-1").lost = true;
        nvml.board("GPU-2").total = 0;
        List<Device> devices = open(pid -> false).devices();
        assertThat(devices.get(0).availability()).isEqualTo(Availability.UNUSABLE);
        assertThat(devices.get(0).detail()).isEqualTo("GPU is lost");
        // Memory that belongs to the processor is not told; that is no fault.
        assertThat(devices.get(1).availability()).isEqualTo(Availability.AVAILABLE);
    }

    @Test
    void aDriverThatStopsAnsweringLeavesItsDevicesUnusable() throws Exception {
        nvml.board("GPU-1");
        NvmlDevices inventory = open(pid -> false);
        assertThat(inventory.devices()).hasSize(1);
        nvml.countResult = 9;
        assertThat(inventory.devices())
                .singleElement()
                .satisfies(device -> assertThat(device.availability()).isEqualTo(Availability.UNUSABLE));
    }

    @Test
    void aDriverThatIsNotLoadedIsReported() {
        nvml.initResult = 9;
        assertThatThrownBy(() -> open(pid -> false)).hasMessage("NVML does not start: Driver Not Loaded");
    }

    @Test
    void aClosedInventoryHasNoDevices() throws Exception {
        nvml.board("GPU-1");
        NvmlDevices inventory = open(pid -> false);
        inventory.close();
        assertThat(nvml.isShutDown).isTrue();
        assertThat(inventory.devices()).isEmpty();
    }

    @Test
    void withoutAnyDriverTheReasonIsTold() {
        DeviceInventory none = DeviceInventories.detect(
                DeviceSettings.DEFAULT,
                () -> {
                    throw new NvmlDevices.NvmlMissingException("libnvidia-ml.so.1 is not installed", null);
                },
                Map.of("PATH", "/nowhere"));
        assertThat(none.devices()).isEmpty();
        assertThat(none.report().sentence())
                .isEqualTo("no GPU driver (libnvidia-ml.so.1 is not installed; nvidia-smi is not on the PATH)");
    }

    @Test
    void theRealLibraryIsFoundOrItsAbsenceIsOneSentence() {
        try (DeviceInventory inventory = DeviceInventories.detect(DeviceSettings.DEFAULT)) {
            assertThat(inventory.report().sentence()).isNotBlank().doesNotContain("\n");
        }
    }

    @Test
    void fakeDevicesHaveFixedNames() {
        assertThat(FakeDevices.of(2).devices()).extracting(Device::id).containsExactly("FAKE-GPU-0", "FAKE-GPU-1");
        assertThat(FakeDevices.of(1).devices().get(0).memoryBytes()).isEqualTo(16L << 30);
    }

    @Test
    void profilesAreNamedLikeNvidiasToolsDo() {
        assertThat(MigProfile.name(1, 1, 4864L << 20, 40960L << 20)).isEqualTo("1g.5gb");
        assertThat(MigProfile.name(2, 2, 9856L << 20, 40960L << 20)).isEqualTo("2g.10gb");
        assertThat(MigProfile.name(1, 3, 40192L << 20, 81920L << 20)).isEqualTo("1c.3g.40gb");
        assertThat(MigProfile.name(7, 7, 80384L << 20, 81920L << 20)).isEqualTo("7g.80gb");
    }

    private NvmlDevices open(LongPredicate ours) throws NvmlDevices.NvmlMissingException {
        return NvmlDevices.open(nvml, DeviceJudge.of(DeviceSettings.ours(ours)));
    }
}
