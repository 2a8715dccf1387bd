package io.mlengine.backend.local.device;

import java.util.Locale;

/** Names a MIG profile the way NVIDIA's tools do, for drivers that do not tell it. */
final class MigProfile {
    private static final int EIGHTHS = 8;

    private MigProfile() {}

    /** {@code 3g.40gb}, or {@code 1c.3g.40gb} where the compute slices are fewer than the GPU's. */
    static String name(int computeSlices, int gpuSlices, long memoryBytes, long parentBytes) {
        // Memory is carved in eighths of the board; what the instance reports is a little less than its nominal share.
        long eighths = parentBytes == 0 ? 0 : (memoryBytes * EIGHTHS + parentBytes - 1) / parentBytes;
        long parentGibibytes = (parentBytes + (1L << 30) - 1) >> 30;
        long gibibytes = Math.round((double) eighths * parentGibibytes / EIGHTHS);
        return computeSlices == gpuSlices
                ? String.format(Locale.ROOT, "%dg.%dgb", gpuSlices, gibibytes)
                : String.format(Locale.ROOT, "%dc.%dg.%dgb", computeSlices, gpuSlices, gibibytes);
    }
}
