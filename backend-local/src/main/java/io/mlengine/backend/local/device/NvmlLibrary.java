package io.mlengine.backend.local.device;

import com.sun.jna.Library;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import org.jspecify.annotations.Nullable;

/**
 * The functions of {@code libnvidia-ml.so.1} that are used here, under their C names. A function that the installed
 * driver lacks gives an {@link UnsatisfiedLinkError} at its first call.
 */
interface NvmlLibrary extends Library {
    int SUCCESS = 0;
    int NOT_SUPPORTED = 3;
    int INSUFFICIENT_SIZE = 7;
    int TEXT_BYTES = 96;

    int nvmlInit_v2();

    int nvmlShutdown();

    String nvmlErrorString(int result);

    int nvmlSystemGetDriverVersion(byte[] version, int length);

    int nvmlSystemGetNVMLVersion(byte[] version, int length);

    int nvmlDeviceGetCount_v2(IntByReference count);

    int nvmlDeviceGetHandleByIndex_v2(int index, PointerByReference device);

    int nvmlDeviceGetName(Pointer device, byte[] name, int length);

    int nvmlDeviceGetUUID(Pointer device, byte[] uuid, int length);

    int nvmlDeviceGetMemoryInfo(Pointer device, Memory memory);

    int nvmlDeviceGetUtilizationRates(Pointer device, Utilization utilization);

    int nvmlDeviceGetMigMode(Pointer device, IntByReference current, IntByReference pending);

    int nvmlDeviceGetMaxMigDeviceCount(Pointer device, IntByReference count);

    int nvmlDeviceGetMigDeviceHandleByIndex(Pointer device, int index, PointerByReference instance);

    int nvmlDeviceGetAttributes_v2(Pointer device, Attributes attributes);

    int nvmlDeviceGetComputeRunningProcesses_v3(Pointer device, IntByReference count, @Nullable Pointer processes);

    int nvmlDeviceGetComputeRunningProcesses_v2(Pointer device, IntByReference count, @Nullable Pointer processes);

    /** {@code nvmlMemory_t}. */
    @FieldOrder({"total", "free", "used"})
    class Memory extends Structure {
        public long total;
        public long free;
        public long used;
    }

    /** {@code nvmlUtilization_t}. */
    @FieldOrder({"gpu", "memory"})
    class Utilization extends Structure {
        public int gpu;
        public int memory;
    }

    /** {@code nvmlDeviceAttributes_t}. */
    @FieldOrder({
        "multiprocessors",
        "copyEngines",
        "decoders",
        "encoders",
        "jpegEngines",
        "ofaEngines",
        "gpuSlices",
        "computeSlices",
        "memoryMebibytes"
    })
    class Attributes extends Structure {
        public int multiprocessors;
        public int copyEngines;
        public int decoders;
        public int encoders;
        public int jpegEngines;
        public int ofaEngines;
        public int gpuSlices;
        public int computeSlices;
        public long memoryMebibytes;
    }
}
