package io.mlengine.backend.local.device;

import java.util.function.LongPredicate;

/**
 * How devices are looked for.
 *
 * @param fakeGpus number of made-up devices instead of real ones; 0 to look for real ones
 * @param ignoreForeign whether a device that other people's processes use is handed out all the same
 * @param ours tells the processes of this engine, by pid, from foreign ones
 */
public record DeviceSettings(int fakeGpus, boolean ignoreForeign, LongPredicate ours) {
    /** Real devices; every process on them is foreign. */
    public static final DeviceSettings DEFAULT = new DeviceSettings(0, false, pid -> false);

    /** Checks the count. */
    public DeviceSettings {
        if (fakeGpus < 0) {
            throw new IllegalArgumentException("negative number of devices: " + fakeGpus);
        }
    }

    /** Real devices, with this rule for foreign processes. */
    public static DeviceSettings ours(LongPredicate ours) {
        return new DeviceSettings(0, false, ours);
    }
}
