package io.mlengine.cli.run;

import io.mlengine.cli.terminal.Style;
import io.mlengine.cli.view.Lines;
import io.mlengine.cli.view.RunState;
import io.mlengine.cli.view.UseHistory;
import io.mlengine.core.api.EngineEvent;
import io.mlengine.core.api.JobHandle;
import io.mlengine.core.api.JobView;
import io.mlengine.core.api.LogQuery;
import io.mlengine.spi.backend.LogLine;
import io.mlengine.spi.backend.Progress;
import io.mlengine.spi.backend.ReplicaState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is remembered of one job while it runs. Owned by the main thread, except for the lines of its log. */
final class JobFollower implements AutoCloseable {
    private static final int KEPT_LINES = 50;
    private static final int KEPT_NOTES = 8;
    private static final int LINES_BEFORE = 5;
    private static final String PROGRESS_MARK = "::mlengine-progress";

    private final JobHandle handle;
    private final String source;
    private final UseHistory history = new UseHistory();
    private final Deque<RunState.Note> notes = new ArrayDeque<>();
    private final Deque<LogLine> lines = new ArrayDeque<>();
    private Map<String, Double> metrics = Map.of();
    private Map<String, Double> metricsBefore = Map.of();
    private int paceAttempt;
    private long paceStep;
    private @Nullable Instant paceSince;
    private Optional<Duration> left = Optional.empty();
    private @Nullable Stream<LogLine> logs;
    private boolean impossible;
    private boolean reported;

    JobFollower(JobHandle handle, String source) {
        this.handle = handle;
        this.source = source;
    }

    JobHandle handle() {
        return handle;
    }

    /** The file that it came from. */
    String source() {
        return source;
    }

    boolean hasEnded() {
        return handle.view().phase().isTerminal();
    }

    /** Remembers that it was given up because it can never run here. */
    void giveUp() {
        impossible = true;
    }

    boolean isGivenUp() {
        return impossible;
    }

    /** Remembers that its end was told. */
    void reported() {
        reported = true;
    }

    boolean isReported() {
        return reported;
    }

    Optional<Duration> left() {
        return left;
    }

    void happened(EngineEvent event) {
        switch (event.type()) {
            case PROGRESS -> event.view().progress().ifPresent(progress -> progressed(event, progress));
            case PHASE -> note(event.at(), phaseNote(event));
            case NOTE -> note(event.at(), event.text());
            case REPLICA -> replicaNotes(event);
            case SUBMITTED, WAITING, DELETED -> {}
        }
    }

    private static String phaseNote(EngineEvent event) {
        String word = event.phase().name().toLowerCase(Locale.ROOT);
        return event.text().isEmpty() ? word : word + " (" + event.text() + ")";
    }

    private void replicaNotes(EngineEvent event) {
        event.view()
                .record()
                .attempt()
                .ifPresent(attempt -> attempt.replicas().values().forEach(replica -> {
                    if (replica.current().state() == ReplicaState.FAILED) {
                        String how = replica.current()
                                .exit()
                                .map(Object::toString)
                                .orElse(replica.current().reason());
                        note(
                                replica.current().endedAt().orElse(event.at()),
                                replica.key() + " failed" + (how.isEmpty() ? "" : ": " + how));
                    }
                }));
    }

    private void note(Instant at, String text) {
        boolean known = notes.stream()
                .anyMatch(note -> note.text().equals(text) && note.at().equals(at));
        if (!known && !text.isBlank()) {
            notes.addFirst(new RunState.Note(at, text));
            while (notes.size() > KEPT_NOTES) {
                notes.removeLast();
            }
        }
    }

    /** The pace counts from the first report of an attempt, so that a resumed job is not taken for a fast one. */
    private void progressed(EngineEvent event, Progress progress) {
        metricsBefore = metrics;
        metrics = Map.copyOf(progress.metrics());
        if (progress.step().isEmpty()) {
            return;
        }
        long step = progress.step().getAsLong();
        int attempt = event.view().record().attemptNumber();
        Instant since = paceSince;
        if (since == null || attempt != paceAttempt || step < paceStep) {
            paceAttempt = attempt;
            paceStep = step;
            paceSince = event.at();
            left = Optional.empty();
        } else if (progress.total().isPresent() && step > paceStep) {
            long missing = Math.max(0, progress.total().getAsLong() - step);
            double perStep = (double) Duration.between(since, event.at()).toMillis() / (step - paceStep);
            left = Optional.of(Duration.ofMillis(Math.round(perStep * missing)));
        }
    }

    /** Reads the output until the job has ended, on a thread of its own. */
    void followLogs() {
        Stream<LogLine> opened =
                handle.logs(LogQuery.builder().follow(true).tail(LINES_BEFORE).build());
        logs = opened;
        Thread thread = new Thread(() -> opened.forEach(this::add), "mlengine-view-log");
        thread.setDaemon(true);
        thread.start();
    }

    private void add(LogLine line) {
        if (line.text().startsWith(PROGRESS_MARK)) {
            // The bar says it already.
            return;
        }
        synchronized (lines) {
            lines.addLast(line);
            while (lines.size() > KEPT_LINES) {
                lines.removeFirst();
            }
        }
    }

    /** What the screen shows now. */
    RunState state(Instant now, String footer, boolean allRows, Style style) {
        JobView view = handle.view();
        history.add(view);
        List<String> shown;
        synchronized (lines) {
            shown = lines.stream().map(line -> Lines.log(line, false, style)).toList();
        }
        return new RunState(view, now, history, metricsBefore, left, shown, List.copyOf(notes), footer, allRows);
    }

    @Override
    public void close() {
        Stream<LogLine> open = logs;
        if (open != null) {
            open.close();
        }
    }
}
