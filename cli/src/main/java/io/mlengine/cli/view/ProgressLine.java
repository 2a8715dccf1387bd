package io.mlengine.cli.view;

import io.mlengine.cli.output.Figures;
import io.mlengine.cli.terminal.Style;
import io.mlengine.spi.backend.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The bar and the metrics of a progress report. */
final class ProgressLine {
    private static final int MOST_CELLS = 40;
    private static final int FEWEST_CELLS = 10;

    private ProgressLine() {}

    /** Done, in flight, left; without a report a moving mark and no per cent. */
    static String of(RunState state, int width, Style style) {
        int cells = Math.min(MOST_CELLS, Math.max(FEWEST_CELLS, width * 3 / 8));
        Optional<Progress> progress = state.view().progress();
        OptionalInt percent = progress.map(ProgressLine::percent).orElse(OptionalInt.empty());
        String bar = percent.isPresent()
                ? bar(percent.getAsInt(), cells)
                : moving(state.now().toEpochMilli() / 500, cells);
        List<String> parts = new ArrayList<>();
        progress.ifPresent(report -> {
            report.epoch().ifPresent(epoch -> parts.add("epoch " + epoch));
            report.step()
                    .ifPresent(step -> parts.add("step " + Figures.count(step)
                            + (report.total().isPresent()
                                    ? "/" + Figures.count(report.total().getAsLong())
                                    : "")));
        });
        percent.ifPresent(value -> parts.add(value + " %"));
        if (progress.isEmpty()) {
            parts.add("no progress reported");
        }
        return "[" + bar + "]  " + String.join(style.dot(), parts);
    }

    /** Whole per cent, at most 99 while it runs. */
    static OptionalInt percent(Progress progress) {
        return progress.step().isPresent() && progress.total().isPresent()
                ? OptionalInt.of(Math.min(
                        99,
                        Figures.percent(
                                progress.step().getAsLong(), progress.total().getAsLong())))
                : OptionalInt.empty();
    }

    /** The metrics with an arrow where they moved. */
    static String metrics(RunState state, Style style) {
        return state.view()
                .progress()
                .map(progress -> {
                    List<String> parts = new ArrayList<>();
                    for (Map.Entry<String, Double> metric : progress.metrics().entrySet()) {
                        Double before = state.metricsBefore().get(metric.getKey());
                        int moved = before == null ? 0 : Double.compare(metric.getValue(), before);
                        String arrow = moved == 0
                                ? ""
                                : moved > 0 ? (style.unicode() ? " ↑" : " ^") : (style.unicode() ? " ↓" : " v");
                        parts.add(metric.getKey() + " " + Figures.metric(metric.getValue()) + arrow);
                    }
                    return String.join("   ", parts);
                })
                .orElse("");
    }

    private static String bar(int percent, int cells) {
        int done = cells * percent / 100;
        int flying = Math.min(2, cells - done);
        return "#".repeat(done) + ">".repeat(flying) + ".".repeat(cells - done - flying);
    }

    private static String moving(long tick, int cells) {
        int room = cells - 3;
        int at = (int) Math.floorMod(tick, 2L * room);
        int left = at <= room ? at : 2 * room - at;
        return ".".repeat(left) + "<=>" + ".".repeat(room - left);
    }
}
