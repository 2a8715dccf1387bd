package io.mlengine.cli.host;

import io.mlengine.spi.model.Device;
import java.util.List;

/**
 * The devices of this machine.
 *
 * @param devices the devices by index
 * @param source one sentence that says how they were found
 * @param cpuMillis CPU of the machine, in thousandths of a core
 * @param memoryBytes memory of the machine
 */
public record DeviceFindings(List<Device> devices, String source, long cpuMillis, long memoryBytes) {
    /** Copies the list. */
    public DeviceFindings {
        devices = List.copyOf(devices);
    }
}
