package io.mlengine.backend.local.device;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A driver library whose GPUs a test describes; a handle is the position of a board or instance in one list. */
final class FakeNvml implements NvmlLibrary {
    static final int LOST = 15;

    final List<Board> boards = new ArrayList<>();
    final List<Board> all = new ArrayList<>();
    int initResult = SUCCESS;
    int countResult = SUCCESS;
    boolean hasNewProcessCall = true;
    boolean isShutDown;

    static final class Board {
        String uuid = "";
        String name = "NVIDIA A100-SXM4-80GB";
        long total = 80L << 30;
        long used;
        int busy = -1;
        boolean mig;
        boolean lost;
        int gpuSlices;
        int computeSlices;
        List<Board> instances = new ArrayList<>();
        List<Integer> pids = new ArrayList<>();
    }

    Board board(String uuid) {
        Board board = new Board();
        board.uuid = uuid;
        boards.add(board);
        all.add(board);
        return board;
    }

    Board instance(Board parent, String uuid) {
        Board instance = new Board();
        instance.uuid = uuid;
        parent.mig = true;
        parent.instances.add(instance);
        all.add(instance);
        return instance;
    }

    private Board at(Pointer handle) {
        return all.get((int) Pointer.nativeValue(handle) - 1);
    }

    private Pointer handle(Board board) {
        return new Pointer(all.indexOf(board) + 1);
    }

    @Override
    public int nvmlInit_v2() {
        return initResult;
    }

    @Override
    public int nvmlShutdown() {
        isShutDown = true;
        return SUCCESS;
    }

    @Override
    public String nvmlErrorString(int result) {
        return result == LOST ? "GPU is lost" : "Driver Not Loaded";
    }

    @Override
    public int nvmlSystemGetDriverVersion(byte[] version, int length) {
        return text("570.86.15", version);
    }

    @Override
    public int nvmlSystemGetNVMLVersion(byte[] version, int length) {
        return text("12.570.86.15", version);
    }

    @Override
    public int nvmlDeviceGetCount_v2(IntByReference count) {
        count.setValue(boards.size());
        return countResult;
    }

    @Override
    public int nvmlDeviceGetHandleByIndex_v2(int index, PointerByReference device) {
        if (boards.get(index).lost) {
            return LOST;
        }
        device.setValue(handle(boards.get(index)));
        return SUCCESS;
    }

    @Override
    public int nvmlDeviceGetName(Pointer device, byte[] name, int length) {
        return text(at(device).name, name);
    }

    @Override
    public int nvmlDeviceGetUUID(Pointer device, byte[] uuid, int length) {
        return text(at(device).uuid, uuid);
    }

    @Override
    public int nvmlDeviceGetMemoryInfo(Pointer device, Memory memory) {
        if (at(device).total == 0) {
            return NOT_SUPPORTED;
        }
        memory.total = at(device).total;
        memory.used = at(device).used;
        return SUCCESS;
    }

    @Override
    public int nvmlDeviceGetUtilizationRates(Pointer device, Utilization utilization) {
        utilization.gpu = at(device).busy;
        return at(device).busy < 0 ? NOT_SUPPORTED : SUCCESS;
    }

    @Override
    public int nvmlDeviceGetMigMode(Pointer device, IntByReference current, IntByReference pending) {
        current.setValue(at(device).mig ? 1 : 0);
        return SUCCESS;
    }

    @Override
    public int nvmlDeviceGetMaxMigDeviceCount(Pointer device, IntByReference count) {
        count.setValue(7);
        return SUCCESS;
    }

    @Override
    public int nvmlDeviceGetMigDeviceHandleByIndex(Pointer device, int index, PointerByReference instance) {
        // Every other slot is empty.
        List<Board> instances = at(device).instances;
        if (index % 2 != 0 || index / 2 >= instances.size()) {
            return 6;
        }
        instance.setValue(handle(instances.get(index / 2)));
        return SUCCESS;
    }

    @Override
    public int nvmlDeviceGetAttributes_v2(Pointer device, Attributes attributes) {
        attributes.gpuSlices = at(device).gpuSlices;
        attributes.computeSlices = at(device).computeSlices;
        attributes.memoryMebibytes = at(device).total >> 20;
        return SUCCESS;
    }

    @Override
    public int nvmlDeviceGetComputeRunningProcesses_v3(
            Pointer device, IntByReference count, @Nullable Pointer processes) {
        if (!hasNewProcessCall) {
            throw new UnsatisfiedLinkError("undefined symbol");
        }
        return nvmlDeviceGetComputeRunningProcesses_v2(device, count, processes);
    }

    @Override
    public int nvmlDeviceGetComputeRunningProcesses_v2(
            Pointer device, IntByReference count, @Nullable Pointer processes) {
        List<Integer> pids = at(device).pids;
        int room = processes == null ? 0 : count.getValue();
        count.setValue(pids.size());
        if (room < pids.size() || processes == null) {
            return pids.isEmpty() ? SUCCESS : INSUFFICIENT_SIZE;
        }
        for (int i = 0; i < pids.size(); i++) {
            processes.setInt(i * 24L, pids.get(i));
        }
        return SUCCESS;
    }

    private static int text(String text, byte[] into) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, into, 0, bytes.length);
        return SUCCESS;
    }
}
