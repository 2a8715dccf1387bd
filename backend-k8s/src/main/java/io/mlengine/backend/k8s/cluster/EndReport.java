package io.mlengine.backend.k8s.cluster;

import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.framework.LogRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Adds to the end of a replica what its last output says about it. */
final class EndReport {
    private static final int LAST_LINES = 20;
    private static final int LINES_FOR_RULES = 1000;
    private static final int MOST_MESSAGE = 500;
    private static final int MOST_CHARS = 4_000;

    private EndReport() {}

    /** How many of the last lines have to be read. */
    static int linesFor(ReplicaStatus end, List<LogRule> rules) {
        return isOpenToRules(end)
                        && rules.stream().anyMatch(rule -> rule.failure().isPresent())
                ? LINES_FOR_RULES
                : LAST_LINES;
    }

    static ReplicaStatus of(ReplicaStatus end, List<String> output, List<LogRule> rules) {
        ReplicaStatus.Builder status = ReplicaStatus.builder().from(end).lastLines(last(output));
        if (isOpenToRules(end)) {
            explain(output, rules, status);
        }
        return status.build();
    }

    /** No more than a record can hold: what a program writes is not for us to choose. */
    private static List<String> last(List<String> output) {
        List<String> last = new ArrayList<>();
        int left = MOST_CHARS;
        for (int i = output.size() - 1; i >= 0 && last.size() < LAST_LINES && left > 0; i--) {
            String line = shortened(output.get(i), Math.min(MOST_MESSAGE, left));
            left -= line.length() + 1;
            last.add(0, line);
        }
        return last;
    }

    private static String shortened(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most);
    }

    /** Where Kubernetes knows whose fault it is, no line of output knows better. */
    private static boolean isOpenToRules(ReplicaStatus end) {
        return end.state() == ReplicaState.FAILED
                && end.failureClass().isEmpty()
                && end.exit().map(exit -> !exit.outOfMemory()).orElse(false);
    }

    private static void explain(List<String> output, List<LogRule> rules, ReplicaStatus.Builder status) {
        for (String whole : output) {
            String line = LogLines.forRules(whole);
            Optional<LogRule> first = rules.stream()
                    .filter(rule -> rule.pattern().matcher(line).find())
                    .findFirst();
            if (first.isPresent() && first.get().failure().isPresent()) {
                status.failureClass(first.get().failure())
                        .reason(first.get().reason())
                        .message(shortened(line, MOST_MESSAGE));
                return;
            }
        }
    }
}
