package io.mlengine.core.lifecycle;

import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.PhaseChange;
import io.mlengine.core.lifecycle.TransitionTable.Kind;
import io.mlengine.core.lifecycle.TransitionTable.Row;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The steps that tests have seen the machine make. */
final class Edges {
    private final Set<Edge> visited = new LinkedHashSet<>();

    /** What makes two rows the same step, whatever their guards. */
    record Edge(Phase from, JobEvent.Type event, Kind kind, Phase to) {
        static Edge of(Row row) {
            return new Edge(row.from(), row.event(), row.kind(), row.to());
        }
    }

    void visit(JobRecord before, JobEvent event, Transition transition) {
        Phase from = before.phase();
        List<PhaseChange> entered = entered(before, transition.record());
        if (entered.isEmpty()) {
            boolean nothing =
                    transition.record() == before && transition.effects().isEmpty();
            visited.add(new Edge(from, event.type(), nothing ? Kind.IGNORE : Kind.STAY, from));
        }
        for (PhaseChange change : entered) {
            visited.add(new Edge(from, event.type(), Kind.MOVE, change.phase()));
            from = change.phase();
        }
    }

    private static List<PhaseChange> entered(JobRecord before, JobRecord after) {
        PhaseChange last = before.history().get(before.history().size() - 1);
        for (int i = after.history().size() - 1; i >= 0; i--) {
            if (after.history().get(i) == last) {
                return after.history().subList(i + 1, after.history().size());
            }
        }
        throw new AssertionError("history was rewritten");
    }

    boolean has(Row row) {
        return visited.contains(Edge.of(row));
    }
}
