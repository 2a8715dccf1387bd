package io.mlengine.core.lifecycle;

import io.mlengine.core.job.Phase;
import io.mlengine.core.lifecycle.TransitionTable.Kind;
import io.mlengine.core.lifecycle.TransitionTable.Row;
import java.util.List;
import java.util.stream.Collectors;

/** Writes {@code docs/job-states.md} from the table. */
final class JobStatesDocument {
    private JobStatesDocument() {}

    static String text() {
        StringBuilder text = new StringBuilder();
        text.append("# The states of a job\n\n")
                .append("<!-- Generated from io.mlengine.core.lifecycle.TransitionTable by JobStatesDocumentTest; ")
                .append("-Dmlengine.golden.update=true writes it anew. -->\n\n")
                .append("A job is in exactly one phase. Its outcome is decided once and stored before anything is ")
                .append(
                        "cleaned up; then the job\ndrains, and the terminal phase is written together with the time of ")
                .append("its end. The next attempt starts only when nothing\nof the one before can be alive.\n\n")
                .append(diagram())
                .append(
                        "\nEach arrow is named after the events that lead along it. Users' wishes to cancel and delete ")
                .append(
                        "are left out of the diagram:\nthey lead from every phase that is not terminal to STOPPING.\n\n")
                .append("One event may take several steps at once, for example RUNNING, STOPPING, SUCCEEDED when the ")
                .append("last replica ends; the\nhistory shows each.\n\n")
                .append("## All steps\n\n")
                .append("| From | Event | When | To | Then |\n|---|---|---|---|---|\n");
        TransitionTable.rows().stream()
                .filter(row -> row.kind() != Kind.IGNORE)
                .forEach(row -> line(
                        text, row, row.kind() == Kind.STAY ? "stays" : row.to().name()));
        text.append("\n## Ignored\n\nNothing changes and nothing is ordered.\n\n")
                .append("| Phase | Event | Why |\n|---|---|---|\n");
        for (Phase phase : Phase.values()) {
            TransitionTable.rows().stream()
                    .filter(row -> row.from() == phase && row.kind() == Kind.IGNORE)
                    .collect(Collectors.groupingBy(
                            Row::guard,
                            java.util.LinkedHashMap::new,
                            Collectors.mapping(row -> row.event().name(), Collectors.joining(", "))))
                    .forEach((why, events) -> text.append("| ")
                            .append(phase)
                            .append(" | ")
                            .append(events)
                            .append(" | ")
                            .append(why)
                            .append(" |\n"));
        }
        return text.toString();
    }

    private static void line(StringBuilder text, Row row, String to) {
        text.append("| ")
                .append(String.join(" | ", row.from().name(), row.event().name(), row.guard(), to, row.then()))
                .append(" |\n");
    }

    /** The diagram alone, for other documents. */
    static String diagram() {
        StringBuilder text = new StringBuilder("```mermaid\nstateDiagram-v2\n    [*] --> CREATED\n");
        for (Phase from : Phase.values()) {
            for (Phase to : Phase.values()) {
                List<String> events = TransitionTable.rows().stream()
                        .filter(row -> row.from() == from && row.to() == to && row.kind() == Kind.MOVE)
                        .filter(row -> !isWishToEnd(row))
                        .map(row -> row.event().name())
                        .distinct()
                        .toList();
                if (!events.isEmpty()) {
                    text.append("    ")
                            .append(from)
                            .append(" --> ")
                            .append(to)
                            .append(" : ")
                            .append(String.join(", ", events))
                            .append('\n');
                }
            }
        }
        return text.append("    DELETING --> [*] : REMOVED\n```\n").toString();
    }

    private static boolean isWishToEnd(Row row) {
        return row.to() == Phase.STOPPING
                && (row.event() == JobEvent.Type.CANCEL || row.event() == JobEvent.Type.DELETE);
    }
}
