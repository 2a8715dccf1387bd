package io.mlengine.cli.run;

import io.mlengine.cli.output.Figures;
import io.mlengine.cli.terminal.Cells;
import io.mlengine.cli.terminal.LiveScreen;
import io.mlengine.cli.terminal.LiveTerminal;
import io.mlengine.cli.terminal.Style;
import io.mlengine.cli.view.EndReport;
import io.mlengine.cli.view.RunFrame;
import io.mlengine.core.api.EngineEvent;
import io.mlengine.core.api.JobView;
import io.mlengine.core.job.RunPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The view that is redrawn in place. Of several jobs the first that has not ended is shown whole. */
final class LiveDisplay implements Display {
    private final LiveTerminal terminal;
    private final LiveScreen screen;
    private final Style style;
    private final Function<JobFollower, Path> folder;
    private boolean allRows;
    private int width;

    LiveDisplay(LiveTerminal terminal, Style style, Function<JobFollower, Path> folder) {
        this.terminal = terminal;
        this.screen = new LiveScreen(terminal.output());
        this.style = style;
        this.folder = folder;
        this.width = terminal.columns();
    }

    @Override
    public void event(EngineEvent event, JobFollower job) {}

    @Override
    public void refresh(List<JobFollower> jobs, Instant now, StopRules rules) {
        List<JobFollower> live = jobs.stream().filter(job -> !job.hasEnded()).toList();
        if (live.isEmpty()) {
            return;
        }
        int columns = terminal.columns();
        int rows = terminal.rows() - 1;
        if (columns != width) {
            width = columns;
            screen.redraw();
        }
        JobFollower focus = live.get(0);
        RunPolicy policy = focus.handle().view().record().train().runPolicy();
        String footer = rules.footer(now, policy.stopGrace(), live.size() > 1);
        List<String> lines = new ArrayList<>();
        int others = Math.min(live.size() - 1, Math.max(1, rows / 4));
        for (JobFollower other : live.subList(1, 1 + others)) {
            lines.add(Cells.cut(oneLine(other.handle().view(), now), columns, style));
        }
        if (others < live.size() - 1) {
            lines.add(style.dim("and " + (live.size() - 1 - others) + " more jobs"));
        }
        if (!lines.isEmpty()) {
            lines.add(style.rule(columns));
        }
        lines.addAll(RunFrame.draw(focus.state(now, footer, allRows, style), columns, rows - lines.size(), style));
        screen.draw(lines);
    }

    private String oneLine(JobView view, Instant now) {
        return view.name() + "  " + view.phase() + "  "
                + Figures.clock(Duration.between(view.record().createdAt(), now)) + "  " + view.id()
                + view.waiting().map(wait -> "  " + wait.text()).orElse("");
    }

    @Override
    public void say(String text) {
        screen.printAbove(List.of(text));
    }

    @Override
    public void ended(JobFollower job, boolean isLast) {
        List<String> report =
                EndReport.of(job.handle().view().record(), folder.apply(job), "mlengine run " + job.source(), style);
        if (isLast) {
            screen.close();
            report.forEach(terminal.output()::println);
        } else {
            screen.printAbove(report);
        }
    }

    @Override
    public void key(char key) {
        if (key == 'r') {
            allRows = !allRows;
        }
    }

    @Override
    public void close() {
        screen.close();
        terminal.close();
    }
}
