package io.mlengine.cli.view;

import io.mlengine.core.api.JobView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that the live view of one job shows.
 *
 * @param view the job
 * @param now the time
 * @param history what its replicas used lately
 * @param metricsBefore the metrics of the progress report before the newest, for the arrows
 * @param left the time that is left, where it can be told
 * @param logLines the newest lines of its output, with their prefixes, oldest first
 * @param notes the newest things that happened, newest first
 * @param footer what Ctrl-C means now, or a question
 * @param allRows whether large jobs show a row for each replica
 */
public record RunState(
        JobView view,
        Instant now,
        UseHistory history,
        Map<String, Double> metricsBefore,
        Optional<Duration> left,
        List<String> logLines,
        List<Note> notes,
        String footer,
        boolean allRows) {
    /** Copies the collections. */
    public RunState {
        metricsBefore = Map.copyOf(metricsBefore);
        logLines = List.copyOf(logLines);
        notes = List.copyOf(notes);
    }

    /**
     * Something that happened.
     *
     * @param at when
     * @param text what
     */
    public record Note(Instant at, String text) {}
}
