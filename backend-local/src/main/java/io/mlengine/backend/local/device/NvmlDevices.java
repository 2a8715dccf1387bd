package io.mlengine.backend.local.device;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import io.mlengine.spi.backend.UsageSample;
import io.mlengine.spi.model.Device;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Devices as the driver's library tells them. */
final class NvmlDevices implements DeviceInventory {
    // On Linux itself, and below Windows, where the driver is the host's.
    private static final List<Path> DRIVER_TRACES =
            List.of(Path.of("/dev/nvidiactl"), Path.of("/proc/driver/nvidia"), Path.of("/dev/dxg"));
    private static final int PROCESS_BYTES = 24;
    private static final int SPARE_PROCESSES = 16;

    private final NvmlLibrary library;
    private final DeviceJudge judge;
    private final DeviceReport report;
    private List<GpuReading> last = List.of();
    private boolean isClosed;

    private NvmlDevices(NvmlLibrary library, DeviceJudge judge) {
        this.library = library;
        this.judge = judge;
        this.report = new DeviceReport(
                DeviceReport.Source.NVML,
                text(library::nvmlSystemGetDriverVersion),
                text(library::nvmlSystemGetNVMLVersion),
                "");
    }

    /**
     * Opens the library.
     *
     * @throws NvmlMissingException when there is none or its driver does not answer
     */
    static NvmlDevices open(DeviceSettings settings) throws NvmlMissingException {
        // Loading JNA takes half a second, which a machine without any GPU need not spend at each start.
        if (DRIVER_TRACES.stream().noneMatch(Files::exists)) {
            throw new NvmlMissingException("no NVIDIA driver is loaded", null);
        }
        try {
            return open(Native.load("libnvidia-ml.so.1", NvmlLibrary.class), DeviceJudge.of(settings));
        } catch (LinkageError e) {
            // Also when JNA's own library cannot be unpacked, for example into a folder mounted noexec.
            String message = String.valueOf(e.getMessage());
            boolean absent = message.contains("libnvidia-ml.so.1");
            throw new NvmlMissingException(absent ? "libnvidia-ml.so.1 is not installed" : firstLine(message), e);
        }
    }

    static NvmlDevices open(NvmlLibrary library, DeviceJudge judge) throws NvmlMissingException {
        int result = library.nvmlInit_v2();
        if (result != NvmlLibrary.SUCCESS) {
            throw new NvmlMissingException("NVML does not start: " + library.nvmlErrorString(result), null);
        }
        return new NvmlDevices(library, judge);
    }

    /** There is no NVML to talk to. */
    static final class NvmlMissingException extends Exception {
        private static final long serialVersionUID = 1L;

        NvmlMissingException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    @Override
    public DeviceReport report() {
        return report;
    }

    @Override
    public List<Device> devices() {
        return judge.devices(readings());
    }

    @Override
    public synchronized List<UsageSample.Gpu> usage(Collection<String> deviceIds) {
        Set<String> wanted = new TreeSet<>(deviceIds);
        List<UsageSample.Gpu> usage = new ArrayList<>();
        IntByReference count = new IntByReference();
        if (isClosed || library.nvmlDeviceGetCount_v2(count) != NvmlLibrary.SUCCESS) {
            return usage;
        }
        for (int index = 0; index < count.getValue(); index++) {
            PointerByReference handle = new PointerByReference();
            if (library.nvmlDeviceGetHandleByIndex_v2(index, handle) != NvmlLibrary.SUCCESS) {
                continue;
            }
            Pointer device = handle.getValue();
            String uuid = text((bytes, length) -> library.nvmlDeviceGetUUID(device, bytes, length));
            OptionalInt busy = wanted.contains(uuid) ? busyPercent(device) : OptionalInt.empty();
            if (busy.isPresent()) {
                usage.add(new UsageSample.Gpu(
                        uuid, busy.getAsInt(), memory(device).usedBytes()));
            }
        }
        return usage;
    }

    @Override
    public synchronized void close() {
        if (!isClosed) {
            isClosed = true;
            library.nvmlShutdown();
        }
    }

    private synchronized List<GpuReading> readings() {
        if (isClosed) {
            return List.of();
        }
        IntByReference count = new IntByReference();
        int result = library.nvmlDeviceGetCount_v2(count);
        if (result != NvmlLibrary.SUCCESS) {
            // A driver that stops answering has not taken its devices away: they are there and cannot be used.
            String fault = library.nvmlErrorString(result);
            return last.stream()
                    .map(gpu -> GpuReading.broken(gpu.uuid(), gpu.index(), gpu.model(), fault))
                    .toList();
        }
        List<GpuReading> readings = new ArrayList<>();
        for (int index = 0; index < count.getValue(); index++) {
            readings.add(reading(index));
        }
        last = List.copyOf(readings);
        return last;
    }

    private GpuReading reading(int index) {
        PointerByReference handle = new PointerByReference();
        int result = library.nvmlDeviceGetHandleByIndex_v2(index, handle);
        if (result != NvmlLibrary.SUCCESS) {
            return GpuReading.broken("GPU-" + index, index, "unknown GPU", library.nvmlErrorString(result));
        }
        Pointer device = handle.getValue();
        String uuid = text((bytes, length) -> library.nvmlDeviceGetUUID(device, bytes, length));
        String model = text((bytes, length) -> library.nvmlDeviceGetName(device, bytes, length));
        NvmlLibrary.Memory memory = new NvmlLibrary.Memory();
        result = library.nvmlDeviceGetMemoryInfo(device, memory);
        // Boards that share the processor's memory have none of their own and say so: that is no fault.
        if (uuid.isEmpty() || result != NvmlLibrary.SUCCESS && result != NvmlLibrary.NOT_SUPPORTED) {
            String fault = result == NvmlLibrary.SUCCESS ? "it tells no UUID" : library.nvmlErrorString(result);
            return GpuReading.broken(uuid.isEmpty() ? "GPU-" + index : uuid, index, model, fault);
        }
        boolean isMig = isMig(device);
        List<GpuReading.Instance> instances = isMig ? instances(device, memory.total) : List.of();
        return new GpuReading(
                uuid,
                index,
                model,
                new GpuReading.Memory(memory.total, memory.used),
                busyPercent(device),
                isMig,
                instances,
                isMig ? List.of() : processes(device),
                "");
    }

    private boolean isMig(Pointer device) {
        IntByReference current = new IntByReference();
        try {
            return library.nvmlDeviceGetMigMode(device, current, new IntByReference()) == NvmlLibrary.SUCCESS
                    && current.getValue() == 1;
        } catch (UnsatisfiedLinkError e) {
            // Drivers from before MIG lack the function, so no board of theirs is in that mode.
            return false;
        }
    }

    private List<GpuReading.Instance> instances(Pointer device, long parentBytes) {
        IntByReference most = new IntByReference();
        if (library.nvmlDeviceGetMaxMigDeviceCount(device, most) != NvmlLibrary.SUCCESS) {
            return List.of();
        }
        List<GpuReading.Instance> instances = new ArrayList<>();
        for (int slot = 0; slot < most.getValue(); slot++) {
            PointerByReference handle = new PointerByReference();
            // Slots may be empty in between.
            if (library.nvmlDeviceGetMigDeviceHandleByIndex(device, slot, handle) == NvmlLibrary.SUCCESS) {
                Pointer instance = handle.getValue();
                instances.add(new GpuReading.Instance(
                        text((bytes, length) -> library.nvmlDeviceGetUUID(instance, bytes, length)),
                        profile(instance, parentBytes),
                        memory(instance),
                        processes(instance)));
            }
        }
        return instances;
    }

    private String profile(Pointer instance, long parentBytes) {
        // "NVIDIA A100-SXM4-80GB MIG 1g.10gb"
        String name = text((bytes, length) -> library.nvmlDeviceGetName(instance, bytes, length));
        int marker = name.lastIndexOf(" MIG ");
        if (marker >= 0) {
            return name.substring(marker + 5).strip();
        }
        NvmlLibrary.Attributes attributes = new NvmlLibrary.Attributes();
        try {
            if (library.nvmlDeviceGetAttributes_v2(instance, attributes) != NvmlLibrary.SUCCESS) {
                return "unknown";
            }
        } catch (UnsatisfiedLinkError e) {
            // Without name and attributes nobody can ask for this instance, but it is still shown.
            return "unknown";
        }
        return MigProfile.name(
                attributes.computeSlices, attributes.gpuSlices, attributes.memoryMebibytes << 20, parentBytes);
    }

    private GpuReading.Memory memory(Pointer device) {
        NvmlLibrary.Memory memory = new NvmlLibrary.Memory();
        return library.nvmlDeviceGetMemoryInfo(device, memory) == NvmlLibrary.SUCCESS
                ? new GpuReading.Memory(memory.total, memory.used)
                : GpuReading.Memory.UNKNOWN;
    }

    private OptionalInt busyPercent(Pointer device) {
        NvmlLibrary.Utilization utilization = new NvmlLibrary.Utilization();
        return library.nvmlDeviceGetUtilizationRates(device, utilization) == NvmlLibrary.SUCCESS
                ? OptionalInt.of(Math.min(100, Math.max(0, utilization.gpu)))
                : OptionalInt.empty();
    }

    private List<GpuReading.Occupant> processes(Pointer device) {
        IntByReference count = new IntByReference(0);
        int result = listProcesses(device, count, null);
        // Between two calls the list may grow.
        for (int round = 0; round < 3 && result == NvmlLibrary.INSUFFICIENT_SIZE; round++) {
            int room = count.getValue() + SPARE_PROCESSES;
            count.setValue(room);
            try (Memory block = new Memory((long) room * PROCESS_BYTES)) {
                result = listProcesses(device, count, block);
                if (result == NvmlLibrary.SUCCESS) {
                    List<GpuReading.Occupant> occupants = new ArrayList<>();
                    for (int i = 0; i < count.getValue(); i++) {
                        long pid = Integer.toUnsignedLong(block.getInt((long) i * PROCESS_BYTES));
                        occupants.add(new GpuReading.Occupant(pid, ""));
                    }
                    return occupants;
                }
            }
        }
        return List.of();
    }

    private int listProcesses(Pointer device, IntByReference count, @Nullable Pointer processes) {
        try {
            return library.nvmlDeviceGetComputeRunningProcesses_v3(device, count, processes);
        } catch (UnsatisfiedLinkError e) {
            // Drivers before 510; the entries look the same.
            return library.nvmlDeviceGetComputeRunningProcesses_v2(device, count, processes);
        }
    }

    private interface TextCall {
        int into(byte[] bytes, int length);
    }

    private static String text(TextCall call) {
        byte[] bytes = new byte[NvmlLibrary.TEXT_BYTES];
        if (call.into(bytes, bytes.length) != NvmlLibrary.SUCCESS) {
            return "";
        }
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("");
    }
}
