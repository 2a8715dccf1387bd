package io.mlengine.cli.view;

import io.mlengine.cli.output.Figures;
import io.mlengine.cli.terminal.Cells;
import io.mlengine.cli.terminal.Style;
import io.mlengine.core.api.EngineEvent;
import io.mlengine.core.api.JobView;
import io.mlengine.core.job.FailureCause;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.Outcome;
import io.mlengine.core.job.Phase;
import io.mlengine.core.metering.UsageTotal;
import io.mlengine.core.scheduling.Wait;
import io.mlengine.spi.backend.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * The run of jobs as plain lines: one a change, each with its time and its job, progress at most every 30 seconds.
 * Remembers what was said. Not thread-safe.
 */
public final class PlainLines {
    private static final Duration PROGRESS_EVERY = Duration.ofSeconds(30);

    private final Style style;
    private final Map<String, Instant> lastProgress = new TreeMap<>();
    private final Map<String, String> lastWait = new TreeMap<>();
    private final Set<String> said = new HashSet<>();

    /** Writes in a style. */
    public PlainLines(Style style) {
        this.style = style;
    }

    /**
     * Puts an event into lines.
     *
     * @param event the event
     * @param left the time that is left, where it can be told
     * @return the lines, often none
     */
    public List<String> of(EngineEvent event, Optional<Duration> left) {
        return switch (event.type()) {
            case SUBMITTED -> List.of(line(event.at(), event.view(), "queued", queued(event)));
            case PHASE -> phase(event);
            case WAITING -> waiting(event);
            case REPLICA -> preparing(event);
            case PROGRESS -> progress(event, left);
            case NOTE -> List.of(line(event.at(), event.view(), "note", List.of(Cells.clean(event.text()))));
            case DELETED -> List.of(line(event.at(), event.view(), "deleted", List.of()));
        };
    }

    private List<String> queued(EngineEvent event) {
        List<String> fields = new ArrayList<>();
        fields.add("name=" + event.view().name());
        event.view().waiting().ifPresent(wait -> {
            String text = text(wait);
            lastWait.put(event.job().value(), text);
            fields.add(text);
        });
        return fields;
    }

    private List<String> phase(EngineEvent event) {
        JobRecord job = event.view().record();
        Phase phase = event.phase();
        // The submit was told already, and a grant is followed by the start at once.
        boolean isFirst = said.add(job.id() + " " + phase);
        if (phase == Phase.CREATED || phase == Phase.ADMITTED || phase == Phase.QUEUED && isFirst) {
            return List.of();
        }
        lastProgress.remove(job.id().value());
        if (phase.isTerminal()) {
            return List.of(line(event.at(), event.view(), word(phase), ended(job)));
        }
        List<String> fields = new ArrayList<>();
        switch (phase) {
            case ADMITTED, STARTING, RUNNING, RESIZING -> {
                fields.add("attempt=" + job.attemptNumber());
                String places = Places.compact(job);
                if (!places.isEmpty()) {
                    fields.add("on=" + places);
                }
            }
            case QUEUED, SUSPENDED, RESTARTING, SUSPENDING, STOPPING -> {
                if (!event.text().isEmpty()) {
                    fields.add("reason=" + quoted(event.text()));
                }
            }
            case CREATED, SUCCEEDED, FAILED, CANCELLED, DELETING -> {}
        }
        return List.of(line(event.at(), event.view(), word(phase), fields));
    }

    private static List<String> ended(JobRecord job) {
        List<String> fields = new ArrayList<>();
        Instant end = job.finishedAt().orElse(job.createdAt());
        fields.add("duration=" + Figures.shortTime(Duration.between(job.createdAt(), end)));
        UsageTotal total = UsageTotal.of(job, end);
        fields.add("gpuSeconds=" + total.gpuSeconds());
        Outcome outcome = job.outcome().orElse(null);
        if (outcome != null && outcome.result() != Outcome.Result.SUCCEEDED) {
            fields.add("reason=" + outcome.reason());
            outcome.cause().ifPresent(cause -> addCause(fields, cause));
        }
        return fields;
    }

    private static void addCause(List<String> fields, FailureCause cause) {
        fields.add("class=" + cause.failureClass());
        cause.replica().ifPresent(replica -> fields.add("first=" + replica.key()));
        cause.exit().ifPresent(exit -> fields.add("exit=" + exit.shellCode()));
    }

    private List<String> waiting(EngineEvent event) {
        Wait wait = event.view().waiting().orElse(null);
        if (wait == null || event.view().phase() != Phase.QUEUED) {
            return List.of();
        }
        String text = text(wait);
        if (text.equals(lastWait.put(event.job().value(), text))) {
            return List.of();
        }
        return List.of(line(event.at(), event.view(), "waiting", List.of(text)));
    }

    private static String text(Wait wait) {
        return "position=" + wait.position() + " reason=" + quoted(wait.text());
    }

    /** Long silences happen while environments are made, so what is done is said once. */
    private List<String> preparing(EngineEvent event) {
        List<String> lines = new ArrayList<>();
        event.view()
                .record()
                .attempt()
                .ifPresent(attempt -> attempt.replicas().values().forEach(replica -> {
                    String message = replica.current().message();
                    if (replica.current().state() == io.mlengine.spi.backend.ReplicaState.PREPARING
                            && !message.isEmpty()
                            && said.add(attempt.id() + " " + message)) {
                        lines.add(line(event.at(), event.view(), "preparing", List.of(Cells.clean(message))));
                    }
                }));
        return lines;
    }

    private List<String> progress(EngineEvent event, Optional<Duration> left) {
        Progress progress = event.view().progress().orElse(null);
        Instant last = lastProgress.get(event.job().value());
        if (progress == null
                || last != null && Duration.between(last, event.at()).compareTo(PROGRESS_EVERY) < 0) {
            return List.of();
        }
        lastProgress.put(event.job().value(), event.at());
        List<String> fields = new ArrayList<>();
        OptionalInt percent = ProgressLine.percent(progress);
        percent.ifPresent(value -> fields.add(value + "%"));
        progress.epoch().ifPresent(epoch -> fields.add("epoch=" + epoch));
        progress.step()
                .ifPresent(step -> fields.add("step=" + step
                        + (progress.total().isPresent() ? "/" + progress.total().getAsLong() : "")));
        progress.metrics()
                .forEach((name, value) ->
                        fields.add(name + "=" + Figures.metric(value).replace(",", "")));
        left.ifPresent(time -> fields.add("eta=" + Figures.shortTime(Duration.ofSeconds(time.toSeconds()))));
        return List.of(line(event.at(), event.view(), "progress", fields));
    }

    private String line(Instant at, JobView view, String word, List<String> fields) {
        String painted = switch (word) {
            case "succeeded", "running" -> style.green(word);
            case "failed" -> style.red(word);
            case "cancelled", "restarting", "stopping", "suspended" -> style.yellow(word);
            default -> word;
        };
        return Figures.instant(at) + " " + view.id() + " " + painted
                + (fields.isEmpty() ? "" : " " + String.join(" ", fields));
    }

    private static String word(Phase phase) {
        return phase.name().toLowerCase(Locale.ROOT);
    }

    private static String quoted(String text) {
        return "\"" + Cells.clean(text).replace('"', '\'') + "\"";
    }
}
