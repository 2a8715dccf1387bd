package io.mlengine.backend.local.device;

import io.mlengine.spi.backend.UsageSample;
import io.mlengine.spi.model.Device;
import java.util.Collection;
import java.util.List;

/** The accelerators of this machine. Every call asks the driver again; calls may come from several threads. */
public interface DeviceInventory extends AutoCloseable {
    /** All devices as they are now, whole ones before their MIG instances, in the order of their index. */
    List<Device> devices();

    /** How they were found. */
    default DeviceReport report() {
        return DeviceReport.none("no driver was asked");
    }

    /**
     * What these devices do now; a device whose busy share cannot be read, such as a MIG instance, has no entry.
     */
    default List<UsageSample.Gpu> usage(Collection<String> deviceIds) {
        return List.of();
    }

    @Override
    default void close() {}
}
