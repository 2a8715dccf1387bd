package io.mlengine.backend.local;

import io.mlengine.backend.local.log.Pause;
import io.mlengine.backend.local.process.ProcessTable;
import io.mlengine.backend.local.process.Signals;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;

/** Halts all processes of a replica, so that its log can be cut without losing a byte. */
final class Halting {
    private static final long PATIENCE_NANOS = Duration.ofMillis(500).toNanos();
    private static final long POLL_NANOS = 200_000;

    private Halting() {}

    static Pause of(Replica replica) {
        return () -> {
            Optional<ProcessTable.Family> family = replica.family();
            if (family.isEmpty()) {
                return () -> {};
            }
            TreeSet<Long> halted = halt(family.get());
            return () -> Signals.sendToAll(halted, Signals.CONT);
        };
    }

    /** Goes on until no new member turns up, as one that is not halted yet may fork. */
    private static TreeSet<Long> halt(ProcessTable.Family family) {
        TreeSet<Long> halted = new TreeSet<>();
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        boolean isComplete = false;
        while (!isComplete && System.nanoTime() - deadline < 0) {
            TreeSet<Long> members = ProcessTable.members(List.of(family)).getOrDefault(family.uid(), new TreeSet<>());
            isComplete = halted.containsAll(members);
            members.removeAll(halted);
            Signals.sendToAll(members, Signals.STOP);
            halted.addAll(members);
            while (!halted.stream().allMatch(ProcessTable::isHalted) && System.nanoTime() - deadline < 0) {
                LockSupport.parkNanos(POLL_NANOS);
            }
        }
        return halted;
    }
}
