package io.mlengine.backend.k8s.operator;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Collectors;

/** Finds threads that wait for each other for ever, which only a restart mends. */
final class Deadlocks {
    private Deadlocks() {}

    /** Names them; empty when there are none. */
    static String trouble() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long[] found = threads.findDeadlockedThreads();
        return found == null
                ? ""
                : "deadlock of "
                        + Arrays.stream(threads.getThreadInfo(found))
                                .filter(Objects::nonNull)
                                .map(ThreadInfo::getThreadName)
                                .sorted()
                                .collect(Collectors.joining(", "));
    }
}
