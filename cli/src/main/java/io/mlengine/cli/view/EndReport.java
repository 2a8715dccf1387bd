package io.mlengine.cli.view;

import io.mlengine.cli.output.Figures;
import io.mlengine.cli.terminal.Cells;
import io.mlengine.cli.terminal.Style;
import io.mlengine.core.job.FailureCause;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.Outcome;
import io.mlengine.core.job.ReplicaRecord;
import io.mlengine.spi.backend.Progress;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.ReplicaId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What is said about a job that has ended: the summary of a good end, or the first failure of a bad one. */
public final class EndReport {
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int MOST_LINES = 20;

    private EndReport() {}

    /**
     * The report.
     *
     * @param job a job that has ended
     * @param folder its folder
     * @param again the command that runs it again
     * @param style colours and characters
     * @return the lines
     */
    public static List<String> of(JobRecord job, Path folder, String again, Style style) {
        Outcome outcome = job.outcome().orElseThrow();
        return switch (outcome.result()) {
            case SUCCEEDED -> succeeded(job, folder, again, style);
            case FAILED -> failed(job, outcome, folder, again, style);
            case CANCELLED -> cancelled(job, outcome, folder, style);
        };
    }

    private static List<String> succeeded(JobRecord job, Path folder, String again, Style style) {
        List<String> lines = new ArrayList<>();
        String metrics = metrics(job);
        lines.add(style.green("ok") + "  " + style.bold(job.train().name()) + " " + style.green("SUCCEEDED") + " in "
                + took(job) + waited(job) + (metrics.isEmpty() ? "" : "          " + metrics));
        lines.add("    " + UsageReport.brief(UsageFigures.of(job, end(job)), style));
        lines.add("    logs     " + logs(job, folder));
        lines.add("    outputs  " + folder.resolve("outputs"));
        lines.add("    again    " + again + "   usage    mlengine usage " + job.id());
        return lines;
    }

    private static List<String> failed(JobRecord job, Outcome outcome, Path folder, String again, Style style) {
        List<String> lines = new ArrayList<>();
        FailureCause cause = outcome.cause().orElse(null);
        lines.add(style.red("x") + "  " + style.bold(job.train().name()) + " " + style.red("FAILED") + " after "
                + took(job) + attempts(job, style) + (cause == null ? "" : style.dot() + "class " + className(cause)));
        if (cause == null) {
            lines.add("   " + outcome.message());
        } else {
            lines.addAll(first(job, outcome, cause, style));
        }
        lines.add("   all logs  mlengine logs " + job.id()
                + (job.attemptNumber() > 1 ? " --attempt " + job.attemptNumber() : "")
                + (again.isEmpty() ? "" : "     again  " + again));
        lines.add("   folder    " + folder);
        return lines;
    }

    /** First cause first: who, how, what it said. */
    public static List<String> first(JobRecord job, Outcome outcome, FailureCause cause, Style style) {
        List<String> lines = new ArrayList<>();
        ReplicaId replica = cause.replica().orElse(null);
        if (replica == null) {
            lines.add("   first: " + cause.reason() + (cause.message().isEmpty() ? "" : ": " + cause.message()));
        } else {
            lines.add("   first: " + style.bold(replica.key().toString())
                    + cause.exit().map(exit -> " " + exit).orElse("")
                    + at(job, replica)
                    + others(job, replica)
                    + (saysMore(cause) ? "; " + cause.message() : ""));
        }
        List<String> last = cause.lastLines();
        String prefix = replica == null ? "" : replica.key() + " " + style.bar() + " ";
        for (String line : last.subList(Math.max(0, last.size() - MOST_LINES), last.size())) {
            lines.add("   " + style.dim(prefix) + Cells.clean(line));
        }
        if (last.isEmpty() && replica != null && cause.exit().isPresent()) {
            lines.add("   it wrote nothing");
        }
        if (!outcome.message().isEmpty() && !outcome.message().equals(cause.message())) {
            lines.add("   " + outcome.message());
        }
        return lines;
    }

    /** Messages often repeat who ended and how, which stands before them already. */
    private static boolean saysMore(FailureCause cause) {
        return !cause.message().isEmpty()
                && cause.exit()
                        .map(exit -> !cause.message().contains(exit.toString()))
                        .orElse(true);
    }

    private static List<String> cancelled(JobRecord job, Outcome outcome, Path folder, Style style) {
        List<String> lines = new ArrayList<>();
        lines.add(style.yellow("-") + "  " + style.bold(job.train().name()) + " " + style.yellow("CANCELLED")
                + " after " + took(job)
                + (outcome.message().isEmpty() ? "" : style.dot() + outcome.message()));
        lines.add("    " + UsageReport.brief(UsageFigures.of(job, end(job)), style));
        lines.add("    logs     " + logs(job, folder));
        return lines;
    }

    private static String at(JobRecord job, ReplicaId replica) {
        return java.util.stream.Stream.concat(job.attempt().stream(), job.pastAttempts().stream())
                .filter(attempt -> attempt.id().equals(replica.attempt()))
                .flatMap(attempt -> attempt.replicas().values().stream())
                .filter(record -> record.id().equals(replica))
                .flatMap(record -> record.current().endedAt().stream())
                .findFirst()
                .map(time -> " at " + CLOCK.format(time) + " UTC")
                .orElse("");
    }

    private static String others(JobRecord job, ReplicaId first) {
        List<String> stopped = job.attempt().stream()
                .filter(attempt -> attempt.id().equals(first.attempt()))
                .flatMap(attempt -> attempt.replicas().values().stream())
                .map(ReplicaRecord::key)
                .filter(key -> !key.equals(first.key()))
                .map(Object::toString)
                .toList();
        return switch (stopped.size()) {
            case 0 -> "";
            case 1 -> "; " + stopped.get(0) + " was stopped because of it";
            default -> "; the other " + stopped.size() + " replicas were stopped because of it";
        };
    }

    private static String className(FailureCause cause) {
        boolean retried =
                cause.failureClass() != FailureClass.USER && cause.failureClass() != FailureClass.CONFIGURATION;
        return cause.failureClass() + (retried ? "" : " (not retried)");
    }

    private static String attempts(JobRecord job, Style style) {
        int attempt = job.attemptNumber();
        return attempt == 0 ? "" : style.dot() + "attempt " + attempt;
    }

    private static String metrics(JobRecord job) {
        return job.observations().progress().map(Progress::metrics).stream()
                .flatMap(metrics -> metrics.entrySet().stream())
                .map(metric -> metric.getKey() + " " + Figures.metric(metric.getValue()))
                .collect(Collectors.joining("  "));
    }

    private static Instant end(JobRecord job) {
        return job.finishedAt().orElse(job.createdAt());
    }

    private static String took(JobRecord job) {
        return Figures.time(Duration.between(job.createdAt(), end(job)));
    }

    private static String waited(JobRecord job) {
        return job.attempt()
                .filter(attempt -> attempt.id().number() == 1)
                .map(attempt -> Duration.between(job.createdAt(), attempt.grantedAt()))
                .filter(time -> time.toSeconds() > 0)
                .map(time -> " (waited " + Figures.time(time) + ")")
                .orElse("");
    }

    private static Path logs(JobRecord job, Path folder) {
        return job.attemptNumber() == 0 ? folder : folder.resolve("attempt-" + job.attemptNumber());
    }
}
