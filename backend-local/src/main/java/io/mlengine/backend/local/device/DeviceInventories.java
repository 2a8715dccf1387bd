package io.mlengine.backend.local.device;

import io.mlengine.backend.local.tool.Tool;
import io.mlengine.spi.model.Device;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the best source of devices that this machine has: NVML, else nvidia-smi, else none. */
public final class DeviceInventories {
    private DeviceInventories() {}

    /** Looks for devices; may take seconds where only nvidia-smi is there. The caller closes what it gets. */
    public static DeviceInventory detect(DeviceSettings settings) {
        return settings.fakeGpus() > 0
                ? FakeDevices.of(settings.fakeGpus())
                : detect(settings, () -> NvmlDevices.open(settings), System.getenv());
    }

    /** Opens the library; a test gives one that is made up. */
    interface Nvml {
        NvmlDevices open() throws NvmlDevices.NvmlMissingException;
    }

    static DeviceInventory detect(DeviceSettings settings, Nvml nvml, Map<String, String> environment) {
        String why;
        try {
            return nvml.open();
        } catch (NvmlDevices.NvmlMissingException e) {
            why = String.valueOf(e.getMessage());
        }
        Optional<Path> program = Tool.find("nvidia-smi", environment);
        if (program.isEmpty()) {
            return new NoDevices(DeviceReport.none(why + "; nvidia-smi is not on the PATH"));
        }
        try {
            return new NvidiaSmiDevices(NvidiaSmi.at(program.get()), DeviceJudge.of(settings), System::nanoTime, why);
        } catch (IOException e) {
            return new NoDevices(DeviceReport.none(why + "; " + e.getMessage()));
        }
    }

    private record NoDevices(DeviceReport report) implements DeviceInventory {
        @Override
        public List<Device> devices() {
            return List.of();
        }
    }
}
