package io.mlengine.cli.view;

import io.mlengine.core.api.JobView;
import io.mlengine.spi.backend.UsageSample;
import io.mlengine.spi.model.ReplicaKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The last samples of each replica, folded into cells of equal length on one time axis. Not thread-safe. */
public final class UseHistory {
    /** Cells of a sparkline. */
    public static final int CELLS = 10;

    private static final long SHORT_SECONDS = 3;
    private static final long LONG_SECONDS = 30;
    private static final int KEPT = (int) (CELLS * LONG_SECONDS / SHORT_SECONDS);

    private final Map<ReplicaKey, TreeMap<Long, Double>> peaks = new TreeMap<>();
    private final Map<ReplicaKey, Instant> newest = new TreeMap<>();

    /** Takes the samples of a view; those already taken are left out. */
    public void add(JobView view) {
        view.samples().forEach((key, sample) -> {
            if (!sample.at().equals(newest.put(key, sample.at()))) {
                TreeMap<Long, Double> cells = peaks.computeIfAbsent(key, ignored -> new TreeMap<>());
                cells.merge(sample.at().getEpochSecond() / SHORT_SECONDS, height(sample), Math::max);
                while (cells.size() > KEPT) {
                    cells.pollFirstEntry();
                }
            }
        });
    }

    /** The height of a sample: mean busy share of its GPUs, else cores. */
    static double height(UsageSample sample) {
        return sample.gpus().isEmpty()
                ? sample.cpuMillis() / 1000.0
                : sample.gpus().stream()
                                .mapToInt(UsageSample.Gpu::busyPercent)
                                .average()
                                .orElse(0)
                        / 100.0;
    }

    /** The largest height of any replica, at least {@code least}. */
    double most(double least) {
        return peaks.values().stream()
                .flatMap(cells -> cells.values().stream())
                .mapToDouble(Double::doubleValue)
                .reduce(least, Math::max);
    }

    /** How long the axis is: short until there is enough for the long one. */
    String span(Instant now) {
        return isLong(now) ? "5 min" : SHORT_SECONDS * CELLS + " s";
    }

    /** The cells of a replica, oldest first; negative where nothing was sampled. */
    List<Double> cells(ReplicaKey key, Instant now) {
        long perCell = isLong(now) ? LONG_SECONDS / SHORT_SECONDS : 1;
        TreeMap<Long, Double> cells = peaks.getOrDefault(key, new TreeMap<>());
        // Whole cells only: a cell that grows would make the line shift at each redraw.
        long end = now.getEpochSecond() / SHORT_SECONDS / perCell * perCell + perCell;
        List<Double> heights = new ArrayList<>();
        for (int i = CELLS; i > 0; i--) {
            long from = end - i * perCell;
            heights.add(cells.subMap(from, from + perCell).values().stream()
                    .mapToDouble(Double::doubleValue)
                    .max()
                    .orElse(-1));
        }
        return heights;
    }

    private boolean isLong(Instant now) {
        long cutoff = now.getEpochSecond() / SHORT_SECONDS - 2L * CELLS;
        return peaks.values().stream().anyMatch(cells -> !cells.headMap(cutoff).isEmpty());
    }
}
