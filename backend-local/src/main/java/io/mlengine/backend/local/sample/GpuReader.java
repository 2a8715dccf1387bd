package io.mlengine.backend.local.sample;

import io.mlengine.spi.backend.UsageSample;
import java.util.Collection;
import java.util.List;

/** Reads what devices do now, such as {@code DeviceInventory::usage}. */
@FunctionalInterface
public interface GpuReader {
    /** One entry for each of these devices that can be read. */
    List<UsageSample.Gpu> read(Collection<String> deviceIds);
}
