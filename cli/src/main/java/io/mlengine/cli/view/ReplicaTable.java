package io.mlengine.cli.view;

import io.mlengine.cli.output.Figures;
import io.mlengine.cli.terminal.Cells;
import io.mlengine.cli.terminal.Style;
import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.ReplicaRecord;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.backend.UsageSample;
import io.mlengine.spi.model.ReplicaKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The rows of a job's replicas; large jobs have a row for each state instead. */
final class ReplicaTable {
    private static final int MOST_ROWS = 12;
    private static final int WIDE = 110;
    private static final int USUAL = 80;
    private static final int SMALL = 70;

    private final RunState state;
    private final Attempt attempt;
    private final Style style;

    private ReplicaTable(RunState state, Attempt attempt, Style style) {
        this.state = state;
        this.attempt = attempt;
        this.style = style;
    }

    private record Column(String title, int width, Function<ReplicaRecord, String> cell) {}

    static List<String> of(RunState state, int width, int height, Style style) {
        Attempt attempt = state.view().record().attempt().orElse(null);
        if (attempt == null || attempt.replicas().isEmpty()) {
            return List.of();
        }
        ReplicaTable table = new ReplicaTable(state, attempt, style);
        int count = attempt.replicas().size();
        boolean grouped = (count > MOST_ROWS && !state.allRows()) || (count + 1 > height && !state.allRows());
        return grouped ? table.groups(width, height) : table.rows(width, height);
    }

    private List<String> rows(int width, int height) {
        List<Column> columns = columns(width);
        List<String> lines = new ArrayList<>();
        lines.add(style.dim(line(columns, Column::title, width)));
        List<ReplicaRecord> replicas = List.copyOf(attempt.replicas().values());
        int shown = replicas.size() + 1 <= height ? replicas.size() : Math.max(0, height - 2);
        for (ReplicaRecord replica : replicas.subList(0, shown)) {
            lines.add(line(columns, column -> column.cell().apply(replica), width));
        }
        if (shown < replicas.size()) {
            lines.add(style.dim("and " + (replicas.size() - shown) + " more"));
        }
        return lines;
    }

    private String line(List<Column> columns, Function<Column, String> cell, int width) {
        String text = columns.stream()
                .map(column -> Cells.pad(cell.apply(column), column.width(), style))
                .collect(Collectors.joining("  "));
        return Cells.cut(text.stripTrailing(), width, style);
    }

    private List<Column> columns(int width) {
        boolean gpus = state.view().samples().values().stream()
                .anyMatch(sample -> !sample.gpus().isEmpty());
        boolean sampled = !state.view().samples().isEmpty();
        int role = longest(replica -> replica.key().toString(), 8, 16);
        List<Column> columns = new ArrayList<>();
        columns.add(new Column("ROLE", role, replica -> replica.key().toString()));
        columns.add(new Column("STATE", 9, this::stateWord));
        columns.add(new Column("WHERE", longest(this::where, 5, width >= WIDE ? 28 : 16), this::where));
        if (sampled) {
            double most = gpus ? 1 : state.history().most(1);
            String title = (gpus ? "GPU " : "CPU ") + state.history().span(state.now());
            columns.add(new Column(title, UseHistory.CELLS + 2 + 9, replica -> spark(replica.key(), most)));
            if (width >= SMALL) {
                columns.add(new Column("MEM", gpus ? 11 : 7, this::memory));
            }
            if (width >= WIDE && gpus) {
                columns.add(new Column("CPU", 9, this::cpu));
            }
        }
        if (width >= WIDE) {
            columns.add(new Column(
                    "RESTARTS", 8, replica -> Integer.toString(replica.id().restart())));
        }
        if (width >= USUAL) {
            columns.add(new Column("SINCE", 8, this::since));
        }
        return columns;
    }

    private int longest(Function<ReplicaRecord, String> cell, int least, int most) {
        int longest = attempt.replicas().values().stream()
                .map(cell)
                .mapToInt(Cells::width)
                .max()
                .orElse(0);
        return Math.max(least, Math.min(most, longest));
    }

    private String stateWord(ReplicaRecord replica) {
        ReplicaState replicaState = replica.current().state();
        String word = word(replicaState);
        return switch (replicaState) {
            case READY, SUCCEEDED -> style.green(word);
            case FAILED, LOST -> style.red(word);
            case PREPARING, STOPPING -> style.yellow(word);
            case PENDING, STARTED, GONE -> word;
        };
    }

    private static String word(ReplicaState state) {
        return switch (state) {
            case READY -> "running";
            case STARTED -> "starting";
            case SUCCEEDED -> "done";
            case PENDING, PREPARING, STOPPING, FAILED, LOST, GONE ->
                state.name().toLowerCase(Locale.ROOT);
        };
    }

    private String where(ReplicaRecord replica) {
        return attempt.placement().slot(replica.key()).map(Places::of).orElse("-");
    }

    private Optional<UsageSample> sample(ReplicaKey key) {
        return Optional.ofNullable(sampleOrNull(key));
    }

    private @Nullable UsageSample sampleOrNull(ReplicaKey key) {
        return state.view().samples().get(key);
    }

    private String spark(ReplicaKey key, double most) {
        StringBuilder line = new StringBuilder();
        for (double height : state.history().cells(key, state.now())) {
            line.append(style.block(height < 0 ? height : height / most));
        }
        String value = sample(key)
                .map(sample -> sample.gpus().isEmpty()
                        ? Figures.cores(sample.cpuMillis()) + " cores"
                        : gpuValue((int) Math.round(UseHistory.height(sample) * 100)))
                .orElse("");
        return line + "  " + value;
    }

    private String gpuValue(int percent) {
        String text = percent + " %";
        return percent < 10 ? style.red(text) : text;
    }

    private String memory(ReplicaRecord replica) {
        return sample(replica.key())
                .map(sample -> Figures.bytes(
                        sample.gpus().isEmpty()
                                ? sample.memoryBytes()
                                : sample.gpus().stream()
                                        .mapToLong(UsageSample.Gpu::memoryBytes)
                                        .sum()))
                .orElse("");
    }

    private String cpu(ReplicaRecord replica) {
        return sample(replica.key())
                .map(sample -> Figures.cores(sample.cpuMillis()))
                .orElse("");
    }

    private String since(ReplicaRecord replica) {
        ReplicaStatus status = replica.current();
        return status.endedAt()
                .or(status::startedAt)
                .map(at -> Figures.shortClock(Duration.between(at, state.now())))
                .orElse("");
    }

    /** One line a role and state, the worst first. */
    private List<String> groups(int width, int height) {
        Map<String, List<ReplicaRecord>> roles = new TreeMap<>();
        attempt.replicas()
                .values()
                .forEach(replica -> roles.computeIfAbsent(replica.key().role(), role -> new ArrayList<>())
                        .add(replica));
        List<String> lines = new ArrayList<>();
        roles.forEach((role, replicas) -> {
            Map<String, Long> counts = new TreeMap<>();
            replicas.stream()
                    .sorted(Comparator.comparing(
                            (ReplicaRecord replica) -> rank(replica.current().state())))
                    .forEach(replica -> counts.merge(groupName(replica.current()), 1L, Long::sum));
            String parts = replicas.stream()
                    .sorted(Comparator.comparing((ReplicaRecord replica) ->
                                    rank(replica.current().state()))
                            .thenComparing(ReplicaRecord::key))
                    .map(replica -> groupName(replica.current()))
                    .distinct()
                    .map(name -> counts.get(name) + " " + name)
                    .collect(Collectors.joining(style.dot()));
            lines.addAll(Lines.wrap(role + "  " + parts, width, " ".repeat(role.length() + 2)));
        });
        lines.add(style.dim(
                state.view().record().attempt().map(a -> a.replicas().size()).orElse(0) + " replicas" + style.dot()
                        + "r shows the rows"));
        return lines.size() <= height ? lines : lines.subList(0, height);
    }

    private static String groupName(ReplicaStatus status) {
        String detail = status.exit()
                .filter(exit -> !exit.isSuccess())
                .map(exit -> " (" + exit + ")")
                .orElse("");
        return word(status.state()) + detail;
    }

    private static int rank(ReplicaState state) {
        return switch (state) {
            case LOST -> 0;
            case FAILED -> 1;
            case GONE -> 2;
            case STOPPING -> 3;
            case PENDING -> 4;
            case PREPARING -> 5;
            case STARTED -> 6;
            case READY -> 7;
            case SUCCEEDED -> 8;
        };
    }
}
