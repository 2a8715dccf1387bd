package io.mlengine.cli.run;

import io.mlengine.cli.terminal.Style;
import io.mlengine.cli.view.EndReport;
import io.mlengine.cli.view.PlainLines;
import io.mlengine.core.api.EngineEvent;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;

/** One line a change, for pipes, files and logs of other systems. */
final class PlainDisplay implements Display {
    private final PrintStream lines;
    private final PrintStream remarks;
    private final PlainLines plain;
    private final Style remarkStyle;
    private final Function<JobFollower, Path> folder;

    PlainDisplay(
            PrintStream lines,
            Style style,
            PrintStream remarks,
            Style remarkStyle,
            Function<JobFollower, Path> folder) {
        this.lines = lines;
        this.remarks = remarks;
        this.plain = new PlainLines(style);
        this.remarkStyle = remarkStyle;
        this.folder = folder;
    }

    @Override
    public void event(EngineEvent event, JobFollower job) {
        plain.of(event, job.left()).forEach(lines::println);
        lines.flush();
    }

    @Override
    public void refresh(List<JobFollower> jobs, Instant now, StopRules rules) {}

    @Override
    public void say(String text) {
        remarks.println(text);
    }

    @Override
    public void ended(JobFollower job, boolean isLast) {
        EndReport.of(job.handle().view().record(), folder.apply(job), "mlengine run " + job.source(), remarkStyle)
                .forEach(remarks::println);
    }

    @Override
    public void close() {
        lines.flush();
        remarks.flush();
    }
}
