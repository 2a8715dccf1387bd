package io.mlengine.backend.k8s.cluster;

import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.framework.LogRule;
import java.util.List;
import java.util.Optional;

/** Adds to the end of a replica what its last output says about it. */
final class EndReport {
    private static final int LAST_LINES = 20;
    private static final int LINES_FOR_RULES = 1000;
    private static final int MOST_MESSAGE = 500;

    private EndReport() {}

    /** How many of the last lines have to be read. */
    static int linesFor(ReplicaStatus end, List<LogRule> rules) {
        return isOpenToRules(end)
                        && rules.stream().anyMatch(rule -> rule.failure().isPresent())
                ? LINES_FOR_RULES
                : LAST_LINES;
    }

    static ReplicaStatus of(ReplicaStatus end, List<String> output, List<LogRule> rules) {
        ReplicaStatus.Builder status = ReplicaStatus.builder()
                .from(end)
                .lastLines(output.subList(Math.max(0, output.size() - LAST_LINES), output.size()));
        if (isOpenToRules(end)) {
            explain(output, rules, status);
        }
        return status.build();
    }

    /** Where Kubernetes knows whose fault it is, no line of output knows better. */
    private static boolean isOpenToRules(ReplicaStatus end) {
        return end.state() == ReplicaState.FAILED
                && end.failureClass().isEmpty()
                && end.exit().map(exit -> !exit.outOfMemory()).orElse(false);
    }

    private static void explain(List<String> output, List<LogRule> rules, ReplicaStatus.Builder status) {
        for (String line : output) {
            Optional<LogRule> first = rules.stream()
                    .filter(rule -> rule.pattern().matcher(line).find())
                    .findFirst();
            if (first.isPresent() && first.get().failure().isPresent()) {
                status.failureClass(first.get().failure())
                        .reason(first.get().reason())
                        .message(line.length() <= MOST_MESSAGE ? line : line.substring(0, MOST_MESSAGE));
                return;
            }
        }
    }
}
