package io.mlengine.backend.local.device;

/**
 * How the devices were found, for people.
 *
 * @param source who was asked
 * @param driverVersion version of the driver, empty when unknown
 * @param libraryVersion version of NVML, or of CUDA where only nvidia-smi tells; empty when unknown
 * @param detail why not a better source, or what went wrong; empty when nothing is to be said
 */
public record DeviceReport(Source source, String driverVersion, String libraryVersion, String detail) {
    /** Who can be asked for devices. */
    public enum Source {
        /** The driver's library. */
        NVML,
        /** The program {@code nvidia-smi}. */
        NVIDIA_SMI,
        /** Devices made up for trying. */
        FAKE,
        /** Nobody: there is no driver. */
        NONE
    }

    static DeviceReport none(String why) {
        return new DeviceReport(Source.NONE, "", "", why);
    }

    /** One line for the screen. */
    public String sentence() {
        String versions = (driverVersion.isEmpty() ? "" : ", driver " + driverVersion)
                + (libraryVersion.isEmpty() ? "" : (source == Source.NVML ? ", NVML " : ", CUDA ") + libraryVersion);
        String found = switch (source) {
            case NVML -> "found through NVML" + versions;
            case NVIDIA_SMI -> "found through nvidia-smi" + versions;
            case FAKE -> "made up for trying";
            case NONE -> "no GPU driver";
        };
        return detail.isEmpty() ? found : found + " (" + detail + ")";
    }
}
