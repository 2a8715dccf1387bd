package io.mlengine.backend.k8s.pod;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.mlengine.spi.model.ExitStatus;
import java.util.Optional;
import java.util.Set;

/** How the process of a container ended, as far as a node says. */
final class Exits {
    static final String OUT_OF_MEMORY = "OOMKilled";

    private static final Set<String> NOT_STARTED = Set.of("StartError", "ContainerCannotRun");
    private static final int SIGNAL_BASE = 128;
    private static final int LAST_SIGNAL = 64;
    private static final int KILL = 9;

    private Exits() {}

    /** Empty when the process was never started, or when the node has lost sight of it. */
    static Optional<ExitStatus> of(ContainerStateTerminated terminated) {
        if (isNotStarted(terminated) || isLost(terminated)) {
            return Optional.empty();
        }
        int code = terminated.getExitCode() == null ? 0 : terminated.getExitCode();
        int signal = signal(terminated, code);
        if (signal == KILL && isOutOfMemory(terminated)) {
            return Optional.of(ExitStatus.killedForMemory());
        }
        return Optional.of(signal > 0 ? ExitStatus.ofSignal(signal) : ExitStatus.ofCode(code & 0xff));
    }

    /** Runtimes tell a signal as 128 and its number, so a program that ends by itself with such a code looks the same. */
    private static int signal(ContainerStateTerminated terminated, int code) {
        if (terminated.getSignal() != null && terminated.getSignal() > 0) {
            return terminated.getSignal();
        }
        return code > SIGNAL_BASE && code <= SIGNAL_BASE + LAST_SIGNAL ? code - SIGNAL_BASE : 0;
    }

    static boolean isNotStarted(ContainerStateTerminated terminated) {
        return NOT_STARTED.contains(String.valueOf(terminated.getReason()));
    }

    static boolean isLost(ContainerStateTerminated terminated) {
        return "ContainerStatusUnknown".equals(terminated.getReason());
    }

    static boolean isOutOfMemory(ContainerStateTerminated terminated) {
        return OUT_OF_MEMORY.equals(terminated.getReason());
    }
}
