package io.mlengine.cli.view;

import io.mlengine.cli.output.Figures;
import io.mlengine.cli.terminal.Cells;
import io.mlengine.cli.terminal.Style;
import io.mlengine.core.api.JobView;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.Phase;
import io.mlengine.core.scheduling.BlockingReason;
import io.mlengine.core.scheduling.Wait;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.model.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Draws the live view of one job: a pure function of its state and the screen's size. */
public final class RunFrame {
    private static final int NARROW = 60;
    private static final int MOST_LOG_LINES = 8;

    private final RunState state;
    private final int width;
    private final int height;
    private final Style style;

    private RunFrame(RunState state, int width, int height, Style style) {
        this.state = state;
        this.width = width;
        this.height = height;
        this.style = style;
    }

    /**
     * Draws.
     *
     * @param state what to show
     * @param width cells of a line
     * @param height most lines
     * @param style colours and characters
     * @return the lines, none wider than {@code width}
     */
    public static List<String> draw(RunState state, int width, int height, Style style) {
        return new RunFrame(state, width, height, style).lines();
    }

    private List<String> lines() {
        if (width < NARROW || height < 8) {
            return fit(List.of(title(), ProgressLine.of(state, width, style), footer()));
        }
        List<String> lines = new ArrayList<>();
        lines.add(title());
        lines.add(Cells.sides(style.dim(what()), style.dim(state.view().id().value()), width, style));
        if (state.view().phase() == Phase.QUEUED || state.view().phase() == Phase.CREATED) {
            waiting(lines);
        } else {
            lines.add(ProgressLine.of(state, width, style));
            String metrics = ProgressLine.metrics(state, style);
            if (!metrics.isEmpty() || state.left().isPresent()) {
                lines.add(Cells.sides(metrics, left(), width, style));
            }
        }
        lines.addAll(preparing());
        List<String> below = new ArrayList<>();
        String notes = notes();
        if (!notes.isEmpty()) {
            below.add(style.dim(Cells.cut(notes, width, style)));
        }
        below.add(style.rule(width));
        below.add(footer());

        int room = height - lines.size() - below.size();
        int logRoom = Math.min(MOST_LOG_LINES, state.logLines().size());
        List<String> table = ReplicaTable.of(state, width, Math.max(2, room - 2 - Math.min(2, logRoom)), style);
        if (!table.isEmpty() && room > table.size()) {
            lines.add(style.rule(width));
            lines.addAll(table);
            room -= table.size() + 1;
        }
        int logs = Math.min(logRoom, room - 1);
        if (logs > 0) {
            lines.add(style.rule(width));
            List<String> newest = state.logLines()
                    .subList(state.logLines().size() - logs, state.logLines().size());
            newest.forEach(line -> lines.add(Cells.cut(line, width, style)));
        }
        lines.addAll(below);
        return fit(lines);
    }

    private List<String> fit(List<String> lines) {
        List<String> cut =
                lines.stream().map(line -> Cells.cut(line, width, style)).collect(Collectors.toList());
        while (cut.size() > Math.max(1, height)) {
            cut.remove(cut.size() > 2 ? cut.size() - 2 : cut.size() - 1);
        }
        return cut;
    }

    private String title() {
        JobRecord job = state.view().record();
        int attempt = job.attemptNumber();
        int planned = job.train().runPolicy().retries().user() + 1;
        String attempts = attempt == 0 ? "" : "  attempt " + attempt + (attempt <= planned ? " of " + planned : "");
        String left = style.bold(job.train().name()) + "  " + phase(job.phase()) + position() + attempts;
        String right = "queue " + job.train().queue() + style.dot() + "prio "
                + job.train().priority() + style.dot()
                + Figures.clock(Duration.between(job.createdAt(), state.now()));
        String shortRight = Figures.clock(Duration.between(job.createdAt(), state.now()));
        boolean fits = Cells.width(left) + Cells.width(right) + 2 <= width;
        return Cells.sides(left, fits ? right : shortRight, width, style);
    }

    private String position() {
        return state.view().phase() == Phase.QUEUED
                ? state.view()
                        .waiting()
                        .map(wait -> "  position " + wait.position())
                        .orElse("")
                : "";
    }

    private String phase(Phase phase) {
        return switch (phase) {
            case RUNNING, SUCCEEDED -> style.green(phase.name());
            case FAILED -> style.red(phase.name());
            case QUEUED, SUSPENDED, RESTARTING, SUSPENDING, STOPPING, CANCELLED -> style.yellow(phase.name());
            case CREATED, ADMITTED, STARTING, RESIZING, DELETING -> phase.name();
        };
    }

    private String what() {
        JobRecord job = state.view().record();
        String roles =
                job.train().roles().stream().map(role -> roleText(job, role)).collect(Collectors.joining(", "));
        String places = Places.of(job);
        return job.train().framework() + style.dot() + roles + (places.isEmpty() ? "" : style.dot() + places);
    }

    private static String roleText(JobRecord job, Role role) {
        return Figures.count(job.size(role.name()), role.name());
    }

    private void waiting(List<String> lines) {
        Wait wait = state.view().waiting().orElse(null);
        if (wait == null) {
            lines.add("waiting for the scheduler");
            return;
        }
        wait.start()
                .ifPresent(start -> lines.add("starts in about " + Figures.time(Duration.between(state.now(), start))));
        String prefix = "";
        for (BlockingReason reason : wait.reasons()) {
            for (String line : Lines.wrap(prefix + reason.text(), width, "  ")) {
                lines.add(line);
            }
            prefix = "and ";
        }
    }

    private String left() {
        return state.left()
                .map(left -> "left about " + Figures.time(Duration.ofSeconds(Math.max(1, left.toSeconds()))))
                .orElse("");
    }

    /** What replicas that are being prepared are busy with: the longest silences of a run are here. */
    private List<String> preparing() {
        JobView view = state.view();
        return view.record().attempt().stream()
                .flatMap(attempt -> attempt.replicas().values().stream())
                .filter(replica -> replica.current().state() == ReplicaState.PREPARING)
                .filter(replica -> !replica.current().message().isEmpty())
                .collect(Collectors.groupingBy(
                        replica -> replica.current().message(), java.util.TreeMap::new, Collectors.toList()))
                .entrySet()
                .stream()
                .limit(2)
                .map(entry -> style.yellow("preparing") + "  "
                        + Cells.clean(entry.getKey())
                        + (entry.getValue().size() == 1
                                ? " (" + entry.getValue().get(0).key() + ")"
                                : " (" + entry.getValue().size() + " replicas)"))
                .toList();
    }

    private String notes() {
        StringBuilder text = new StringBuilder();
        for (RunState.Note note : state.notes()) {
            String clock =
                    Figures.shortClock(Duration.between(state.view().record().createdAt(), note.at()));
            String one = clock + " " + Cells.clean(note.text());
            if (text.isEmpty()) {
                text.append(one);
            } else if (Cells.width(text.toString()) + 3 + Cells.width(one) <= width) {
                text.append("   ").append(one);
            } else {
                break;
            }
        }
        return text.toString();
    }

    private String footer() {
        return state.footer();
    }
}
