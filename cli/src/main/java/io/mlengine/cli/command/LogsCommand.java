package io.mlengine.cli.command;

import io.mlengine.backend.local.log.LogTail;
import io.mlengine.cli.host.Host;
import io.mlengine.cli.host.JobFinder;
import io.mlengine.cli.output.ExitCode;
import io.mlengine.cli.output.JsonDocuments;
import io.mlengine.cli.output.Problem;
import io.mlengine.cli.terminal.Style;
import io.mlengine.cli.view.EndReport;
import io.mlengine.cli.view.Lines;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.Phase;
import io.mlengine.core.time.EngineClock;
import io.mlengine.spi.backend.LogLine;
import io.mlengine.spi.model.ReplicaId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints the output of a job's replicas as one stream. */
@Command(
        name = "logs",
        description = "Print what the replicas of a job wrote, as one stream of whole lines in the order of their"
                + " arrival; lines that arrived together are ordered by role and index.",
        footer = {
            "",
            "Examples:",
            "  mlengine logs mnist-ddp",
            "  mlengine logs -f mlt-7f3a91 --rank 1 --since 5m --grep loss > loss.txt",
            "  mlengine logs mlt-7f3a91 --first-failure"
        })
public final class LogsCommand extends EngineCommand {
    private static final int PORTION = 10_000;
    private static final Duration POLL = Duration.ofMillis(300);

    @Parameters(paramLabel = "JOB", description = "Id, beginning of an id, or name (the newest of that name).")
    String job = "";

    @Option(
            names = {"-f", "--follow"},
            description = "Go on until the job has ended; waits for a job that does not run yet.")
    boolean follow;

    @Option(names = "--tail", paramLabel = "N", description = "Only the last N lines of those that exist now.")
    @Nullable
    Integer tail;

    @Option(names = "--since", paramLabel = "TIME", description = "Only lines since 5m ago, or since an RFC 3339 time.")
    @Nullable
    String since;

    @Option(names = "--role", paramLabel = "ROLE", description = "Only replicas of a role.")
    @Nullable
    String role;

    @Option(
            names = {"--index", "--rank"},
            paramLabel = "N",
            description = "Only the replica of this index in its role.")
    @Nullable
    Integer index;

    @Option(names = "--attempt", paramLabel = "N", description = "Only attempt N. Default: the newest.")
    @Nullable
    Integer attempt;

    @Option(names = "--stream", paramLabel = "STREAM", description = "Only ${COMPLETION-CANDIDATES}.")
    LogLine.@Nullable Stream stream;

    @Option(
            names = {"-t", "--timestamps"},
            description = "Begin each line with its time of arrival.")
    boolean timestamps;

    @Option(names = "--grep", paramLabel = "REGEX", description = "Only lines in which the expression is found.")
    @Nullable
    String grep;

    @Option(names = "--no-prefix", description = "Leave out the replica before each line.")
    boolean noPrefix;

    @Option(
            names = "--first-failure",
            description = "Only the replica that failed first, and how it ended; of a job that failed.")
    boolean firstFailure;

    /** The command on a host. */
    public LogsCommand(Host host) {
        super(host);
    }

    @Override
    ExitCode run() {
        refuseIds();
        JobFinder finder = finder();
        JobRecord found = finder.one(job);
        if (firstFailure) {
            return firstFailure(found);
        }
        Optional<Pattern> pattern = Optional.ofNullable(grep).map(LogsCommand::pattern);
        Optional<Instant> from = Optional.ofNullable(since)
                .map(text -> Times.since(text, host.clock().instant()));
        if (index != null && index < 0 || tail != null && tail < 0) {
            throw Problem.of(ExitCode.USAGE, "--index and --tail count from 0", "write a number from 0 on")
                    .raise();
        }
        LogTail logs = LogTail.of(finder.root(), found.id(), this::isWanted);
        Filter filter = new Filter(pattern, from, Optional.ofNullable(stream));
        try {
            boolean printed = existing(logs, found, filter);
            if (follow) {
                return follow(finder, logs, filter, printed);
            }
            if (!printed) {
                remark(found.id() + " has written nothing" + (filter.isNarrow() || isNarrow() ? " that matches" : ""));
            }
        } catch (IOException e) {
            throw Problem.of(ExitCode.ENGINE, "the logs of " + found.id() + " cannot be read: " + e.getMessage())
                    .raise(e);
        }
        stressFirstFailure(found);
        return ExitCode.OK;
    }

    private record Filter(Optional<Pattern> pattern, Optional<Instant> since, Optional<LogLine.Stream> stream) {
        boolean matches(LogLine line) {
            return stream.map(wanted -> line.stream() == wanted).orElse(true)
                    && since.map(time -> !line.at().isBefore(time)).orElse(true)
                    && pattern.map(wanted -> wanted.matcher(line.text()).find()).orElse(true);
        }

        boolean isNarrow() {
            return pattern.isPresent() || since.isPresent() || stream.isPresent();
        }
    }

    private boolean isNarrow() {
        return role != null || index != null || attempt != null;
    }

    private boolean isWanted(ReplicaId replica) {
        return (role == null || replica.role().equals(role))
                && (index == null || replica.index() == index)
                && replica.attempt().number() >= firstAttempt
                && (attempt == null || replica.attempt().number() == attempt);
    }

    /** Attempts before it are left out; set before the logs are read. */
    private int firstAttempt = 1;

    /** Prints what is there now; all of it before the tail is cut, since lines of several replicas are merged. */
    private boolean existing(LogTail logs, JobRecord found, Filter filter) throws IOException {
        firstAttempt = attempt == null ? Math.max(1, found.attemptNumber()) : attempt;
        Deque<LogLine> last = new ArrayDeque<>();
        boolean printed = false;
        boolean isEnd = !follow;
        List<LogLine> portion = logs.poll(isEnd, PORTION);
        while (!portion.isEmpty()) {
            for (LogLine line : portion) {
                if (!filter.matches(line)) {
                    continue;
                }
                printed = true;
                if (tail == null) {
                    printLine(line);
                } else {
                    last.addLast(line);
                    if (last.size() > tail) {
                        last.removeFirst();
                    }
                }
            }
            portion = logs.poll(isEnd, PORTION);
        }
        last.forEach(this::printLine);
        host.output().flush();
        return printed;
    }

    private ExitCode follow(JobFinder finder, LogTail logs, Filter filter, boolean alreadyPrinted) throws IOException {
        boolean printed = alreadyPrinted;
        Map<String, Boolean> told = new TreeMap<>();
        while (true) {
            // The record is read before the lines: what was written before the end is then certainly seen.
            JobRecord now = finder.one(job);
            boolean isEnd = now.phase().isTerminal() || finder.isLost(now);
            List<LogLine> portion = logs.poll(isEnd, PORTION);
            for (LogLine line : portion) {
                if (filter.matches(line)) {
                    printed = true;
                    printLine(line);
                }
            }
            host.output().flush();
            if (host.output().checkError()) {
                return ExitCode.OK;
            }
            if (isEnd && portion.isEmpty()) {
                if (!now.phase().isTerminal()) {
                    throw JobFinder.lost(now).raise();
                }
                stressFirstFailure(now);
                return now.outcome().map(ExitCode::of).orElse(ExitCode.OK);
            }
            if (!printed && now.phase().compareTo(Phase.STARTING) <= 0) {
                String why = "waiting: " + now.id() + " is " + now.phase();
                if (told.put(why, true) == null) {
                    remark(why);
                }
            }
            if (portion.isEmpty()) {
                pause(host.clock(), POLL);
            }
        }
    }

    static void pause(EngineClock clock, Duration time) {
        CountDownLatch over = new CountDownLatch(1);
        clock.schedule(time, over::countDown);
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Problem.of(ExitCode.INTERRUPTED, "interrupted").raise(e);
        }
    }

    private void printLine(LogLine line) {
        if (form().isMachine()) {
            print(JsonDocuments.line(line));
        } else if (noPrefix) {
            print(line.text());
        } else {
            print(Lines.log(line, timestamps, style()));
        }
    }

    /** After the lines of a failed job: who failed first, since the last line is often of another one. */
    private void stressFirstFailure(JobRecord found) {
        if (form().isMachine()) {
            return;
        }
        found.outcome().flatMap(outcome -> outcome.cause()).ifPresent(cause -> {
            List<String> lines = EndReport.first(found, found.outcome().orElseThrow(), cause, errorStyle());
            remark("");
            remark(errorStyle().red(found.id() + " failed"));
            lines.forEach(this::remark);
        });
    }

    private ExitCode firstFailure(JobRecord found) {
        if (found.outcome().flatMap(outcome -> outcome.cause()).isEmpty()) {
            throw Problem.of(
                            ExitCode.NOT_FOUND,
                            found.id() + " is " + found.phase() + " and has no failure",
                            "mlengine logs " + found.id())
                    .raise();
        }
        List<String> lines = new ArrayList<>();
        found.outcome()
                .flatMap(outcome -> outcome.cause())
                .ifPresent(cause -> lines.addAll(EndReport.first(
                        found, found.outcome().orElseThrow(), cause, form().isMachine() ? Style.PLAIN : style())));
        if (form().isMachine()) {
            print(JsonDocuments.job(found));
        } else {
            print(lines);
        }
        return ExitCode.OK;
    }

    private static Pattern pattern(String text) {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw Problem.of(ExitCode.USAGE, "--grep " + text + " is no expression: " + e.getDescription())
                    .raise(e);
        }
    }
}
