package io.mlengine.backend.local.device;

import io.mlengine.spi.model.Device;
import java.util.List;
import java.util.stream.IntStream;

/** Made-up GPUs, so that everything but the computing can be tried on a machine without one. */
public final class FakeDevices implements DeviceInventory {
    private static final long MEMORY_BYTES = 16L << 30;

    private final List<Device> devices;

    private FakeDevices(List<Device> devices) {
        this.devices = devices;
    }

    /** This many devices, {@code FAKE-GPU-0} and so on. */
    public static FakeDevices of(int count) {
        return new FakeDevices(IntStream.range(0, count)
                .<Device>mapToObj(index -> Device.builder()
                        .id("FAKE-GPU-" + index)
                        .index(index)
                        .model("Fake GPU")
                        .memoryBytes(MEMORY_BYTES)
                        .build())
                .toList());
    }

    @Override
    public List<Device> devices() {
        return devices;
    }

    @Override
    public DeviceReport report() {
        return new DeviceReport(DeviceReport.Source.FAKE, "", "", "");
    }
}
