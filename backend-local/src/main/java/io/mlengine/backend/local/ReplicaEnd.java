package io.mlengine.backend.local;

import io.mlengine.backend.local.log.ReplicaLog;
import io.mlengine.backend.local.process.ListeningPorts;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.framework.LogRule;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.FailureClass;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Says in a replica's last status why it ended as it did. */
final class ReplicaEnd {
    /** Always the last rule: a launcher's own rules know better. */
    static final LogRule ADDRESS_IN_USE = new LogRule(
            Pattern.compile("Address already in use|EADDRINUSE|errno: 98"),
            Optional.of(FailureClass.INFRASTRUCTURE),
            "PortTaken");

    private static final int MOST_MESSAGE = 500;
    private static final double BYTES_PER_GB = 1e9;
    private static final long FULL_BELOW_BYTES = 64 * 1024;

    private ReplicaEnd() {}

    /**
     * What is known at the end.
     *
     * @param exit how the first process ended, or empty
     * @param killedForMemory whether the kernel has killed something of it for memory
     * @param memoryLimit its limit in bytes
     * @param stopped why it was stopped, empty when it was not
     * @param killed whether we have sent KILL to it
     * @param log what it has written
     * @param folder its folder
     * @param ports leased ports of its attempt
     * @param ours live processes of this engine
     */
    record Facts(
            Optional<ExitStatus> exit,
            boolean killedForMemory,
            long memoryLimit,
            String stopped,
            boolean killed,
            ReplicaLog log,
            Path folder,
            Collection<Integer> ports,
            Supplier<Collection<Long>> ours) {}

    static void explain(Facts facts, ReplicaStatus.Builder status) {
        status.lastLines(facts.log().lastLines());
        if (facts.exit().isEmpty()) {
            status.state(ReplicaState.GONE)
                    .failureClass(FailureClass.INFRASTRUCTURE)
                    .reason("SupervisorLost")
                    .message("its supervising shell was killed, so nobody knows how it ended");
            return;
        }
        ExitStatus exit = facts.exit().get();
        if (facts.killedForMemory() && exit.signal() == 9 && !facts.killed()) {
            exit = ExitStatus.killedForMemory();
        }
        status.exit(exit).state(exit.isSuccess() ? ReplicaState.SUCCEEDED : ReplicaState.FAILED);
        if (exit.isSuccess()) {
            if (isDiskFull(facts)) {
                status.reason("DiskFull").message("disk full: its output may not be complete");
            }
            return;
        }
        status.reason(exit.signal() == 0 ? "ExitCode" : "Signal").message(exit.toString());
        if (!facts.stopped().isEmpty()) {
            status.reason("Stopped").message("stopped (" + facts.stopped() + "): " + exit);
        } else if (facts.killedForMemory()) {
            status.reason("OutOfMemory")
                    .message(String.format(
                            Locale.ROOT,
                            "needed more than its memory limit of %.1f GB",
                            facts.memoryLimit() / BYTES_PER_GB));
        } else if (isDiskFull(facts)) {
            status.failureClass(FailureClass.INFRASTRUCTURE)
                    .reason("DiskFull")
                    .message("disk full: no space is left under " + facts.folder());
        } else {
            facts.log().explanation().ifPresent(explanation -> byRule(facts, explanation, status));
        }
    }

    private static void byRule(Facts facts, ReplicaLog.Explanation explanation, ReplicaStatus.Builder status) {
        LogRule rule = explanation.rule();
        String line = explanation.line();
        String message = line.length() <= MOST_MESSAGE ? line : line.substring(0, MOST_MESSAGE);
        if (rule == ADDRESS_IN_USE
                && ListeningPorts.heldByOthers(facts.ports(), facts.ours().get())
                        .isEmpty()) {
            // Nobody took a port that we gave it: the program chose one by itself, and that is its own affair.
            status.reason("AddressInUse").message(message);
            return;
        }
        status.failureClass(rule.failure()).reason(rule.reason()).message(message);
    }

    private static boolean isDiskFull(Facts facts) {
        return facts.log().isDiskFull() || facts.folder().toFile().getUsableSpace() < FULL_BELOW_BYTES;
    }
}
