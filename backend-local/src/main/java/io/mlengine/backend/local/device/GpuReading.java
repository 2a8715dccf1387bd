package io.mlengine.backend.local.device;

import java.util.List;
import java.util.OptionalInt;

/**
 * What one source tells about one GPU, before anything is judged.
 *
 * @param uuid its identity
 * @param index its position
 * @param model its model
 * @param memory its memory
 * @param busyPercent share of time in which it computed, or empty when unknown
 * @param isMig whether it is switched to MIG mode
 * @param instances its MIG instances
 * @param processes processes that compute on it, those on its instances excepted
 * @param fault what is broken, empty when nothing is
 */
record GpuReading(
        String uuid,
        int index,
        String model,
        Memory memory,
        OptionalInt busyPercent,
        boolean isMig,
        List<Instance> instances,
        List<Occupant> processes,
        String fault) {

    /** Memory in bytes, 0 for what is unknown. */
    record Memory(long totalBytes, long usedBytes) {
        static final Memory UNKNOWN = new Memory(0, 0);
    }

    /** A MIG instance. */
    record Instance(String uuid, String profile, Memory memory, List<Occupant> processes) {}

    /** A process that computes on a device; the command is empty when unknown. */
    record Occupant(long pid, String command) {}

    static GpuReading broken(String uuid, int index, String model, String fault) {
        return new GpuReading(
                uuid, index, model, Memory.UNKNOWN, OptionalInt.empty(), false, List.of(), List.of(), fault);
    }
}
