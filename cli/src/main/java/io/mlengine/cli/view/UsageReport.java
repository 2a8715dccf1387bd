package io.mlengine.cli.view;

import io.mlengine.cli.output.Figures;
import io.mlengine.cli.output.JsonDocuments;
import io.mlengine.cli.terminal.Style;
import io.mlengine.core.job.JobRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The usage of one job for people and for programs. */
public final class UsageReport {
    private static final int CELLS = 20;

    private UsageReport() {}

    /** The whole report. */
    public static List<String> of(JobRecord job, UsageFigures usage, Style style) {
        List<String> lines = new ArrayList<>();
        String noun = noun(usage);
        lines.add(style.bold(job.train().name()) + " " + job.phase() + style.dot()
                + Figures.count(usage.units(), noun) + " x " + millis(usage.ranMillis()) + style.dot() + "queue "
                + job.train().queue() + style.dot() + Figures.count(job.attemptNumber(), "attempt"));
        String title = noun + " time";
        lines.add(row(
                title,
                millis(usage.allocatedMillis()) + " allocated"
                        + (usage.lostMillis() == 0
                                ? ""
                                : " = " + millis(usage.allocatedMillis() - usage.lostMillis()) + " useful + "
                                        + millis(usage.lostMillis()) + " lost in attempts that failed")));
        if (usage.sampledMillis() == 0) {
            lines.add(row("busy", "not known: nothing was sampled" + briefLife(usage)));
        } else {
            double share = (double) usage.busyMillis() / usage.sampledMillis();
            String of = usage.unit() == UsageFigures.Unit.GPU ? "GPU busy" : "CPU busy";
            lines.add(row(
                    of,
                    bar(Figures.percent(share, 1) + " % of " + millis(usage.sampledMillis()), share)
                            + "   (sampled " + Figures.percent(usage.sampledMillis(), usage.allocatedMillis())
                            + " % of the time)"));
            resources(lines, usage);
        }
        lines.add(row("waited", Figures.time(usage.queued()) + " in the queue"));
        for (UsageFigures.Waste waste : usage.waste()) {
            lines.add(row(
                    waste == usage.waste().get(0) ? "not busy" : "",
                    millis(waste.millis()) + "  " + percentOf(waste.millis(), usage) + "  "
                            + waste.reason().text()));
        }
        List<String> advice = advice(usage);
        for (String line : advice) {
            lines.add(row(line.equals(advice.get(0)) ? "advice" : "", line));
        }
        return lines;
    }

    private static void resources(List<String> lines, UsageFigures usage) {
        if (usage.gpuMemoryPeak() > 0) {
            lines.add(row(
                    "GPU memory",
                    usage.gpuMemory() > 0
                            ? bar(
                                    Figures.bytes(usage.gpuMemoryPeak()) + " of " + Figures.bytes(usage.gpuMemory())
                                            + " asked, peak",
                                    (double) usage.gpuMemoryPeak() / usage.gpuMemory())
                            : Figures.bytes(usage.gpuMemoryPeak()) + " peak on one GPU"));
        }
        lines.add(row(
                "CPU",
                usage.cpuMillisAsked() > 0
                        ? bar(
                                Figures.cores(usage.cpuMillisMean()) + " of " + Figures.cores(usage.cpuMillisAsked())
                                        + " cores",
                                (double) usage.cpuMillisMean() / usage.cpuMillisAsked())
                        : Figures.cores(usage.cpuMillisMean()) + " cores on average, none asked for"));
        lines.add(row(
                "memory",
                usage.memoryAsked() > 0
                        ? bar(
                                Figures.bytes(usage.memoryPeak()) + " of " + Figures.bytes(usage.memoryAsked())
                                        + " peak",
                                (double) usage.memoryPeak() / usage.memoryAsked())
                        : Figures.bytes(usage.memoryPeak()) + " peak, none asked for"));
    }

    /** One line for the end of a run. */
    static String brief(UsageFigures usage, Style style) {
        String allocated = switch (usage.unit()) {
            case GPU -> "GPU time " + millis(usage.allocatedMillis()) + " allocated";
            case CORE -> "CPU time " + millis(usage.allocatedMillis()) + " allocated";
            case REPLICA -> Figures.count(usage.units(), "replica") + " x " + millis(usage.ranMillis());
        };
        String busy = usage.sampledMillis() == 0
                ? ""
                : ", " + Figures.percent(usage.busyMillis(), usage.sampledMillis()) + " % busy";
        String memory = usage.memoryPeak() == 0
                ? ""
                : style.dot() + "peak memory " + Figures.bytes(usage.memoryPeak())
                        + (usage.memoryAsked() == 0 ? "" : " of " + Figures.bytes(usage.memoryAsked()));
        return allocated + busy + memory;
    }

    private static String briefLife(UsageFigures usage) {
        return usage.ranMillis() < 5_000 ? " (it lived for " + millis(usage.ranMillis()) + ")" : "";
    }

    /** What would waste less; only where the samples cover at least half of the time. */
    private static List<String> advice(UsageFigures usage) {
        List<String> advice = new ArrayList<>();
        if (usage.sampledMillis() * 2 < usage.allocatedMillis() || usage.sampledMillis() < 60_000) {
            return advice;
        }
        if (usage.cpuMillisAsked() > 2 * usage.cpuMillisPeak() && usage.cpuMillisAsked() > 1000) {
            advice.add("cpu: " + Figures.cores(usage.cpuMillisAsked()) + " cores are asked for, the peak was "
                    + Figures.cores(usage.cpuMillisPeak()));
        }
        if (usage.memoryAsked() > 2 * usage.memoryPeak() && usage.memoryAsked() > 0) {
            advice.add("memory: " + Figures.bytes(usage.memoryAsked()) + " are asked for, the peak was "
                    + Figures.bytes(usage.memoryPeak()));
        }
        if (usage.unit() == UsageFigures.Unit.GPU && usage.busyMillis() * 2 < usage.sampledMillis()) {
            advice.add("GPUs: more than half of the time they wait for the program; look at its data loading");
        }
        return advice;
    }

    /** The document; times in whole milliseconds, sizes in bytes. */
    public static Map<String, Object> json(JobRecord job, UsageFigures usage) {
        Map<String, Object> document = JsonDocuments.document("Usage");
        document.put("job", job.id().value());
        document.put("name", job.train().name());
        document.put("phase", job.phase().name());
        document.put("queue", job.train().queue());
        document.put("attempts", job.attemptNumber());
        document.put("unit", usage.unit().name());
        document.put("units", usage.units());
        document.put("ranMillis", usage.ranMillis());
        document.put("allocatedMillis", usage.allocatedMillis());
        document.put("lostMillis", usage.lostMillis());
        document.put("sampledMillis", usage.sampledMillis());
        document.put("busyMillis", usage.busyMillis());
        document.put("gpuSeconds", usage.unit() == UsageFigures.Unit.GPU ? usage.allocatedMillis() / 1000 : 0);
        document.put("cpuSeconds", usage.cpuSeconds());
        document.put("gpuMemoryPeakBytes", usage.gpuMemoryPeak());
        document.put("cpuMillisMean", usage.cpuMillisMean());
        document.put("cpuMillisPeak", usage.cpuMillisPeak());
        document.put("cpuMillisAsked", usage.cpuMillisAsked());
        document.put("memoryPeakBytes", usage.memoryPeak());
        document.put("memoryAskedBytes", usage.memoryAsked());
        document.put("queuedMillis", usage.queued().toMillis());
        document.put(
                "notBusy",
                usage.waste().stream()
                        .map(waste -> {
                            Map<String, Object> one = new LinkedHashMap<>();
                            one.put("reason", waste.reason().name());
                            one.put("millis", waste.millis());
                            return one;
                        })
                        .collect(Collectors.toList()));
        return document;
    }

    private static String percentOf(long millis, UsageFigures usage) {
        int percent = Figures.percent(millis, usage.allocatedMillis());
        return percent == 0 ? "< 1 %" : percent + " %";
    }

    private static String noun(UsageFigures usage) {
        return switch (usage.unit()) {
            case GPU -> "GPU";
            case CORE -> "core";
            case REPLICA -> "replica";
        };
    }

    private static String row(String title, String text) {
        return String.format("%-12s %s", title, text).stripTrailing();
    }

    private static String bar(String text, double share) {
        return String.format("%-30s %s", text, Figures.bar(share, CELLS));
    }

    private static String millis(long millis) {
        return Figures.time(Duration.ofMillis(millis));
    }
}
