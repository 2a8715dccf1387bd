package io.mlengine.benchmarks;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** All rounds of a comparison, as a table for people and a file for programs. */
final class BindReport {
    private final Map<String, Object> circumstances;
    private final String yardstick;
    private final List<BindRound> rounds = new ArrayList<>();

    /**
     * A report without rounds.
     *
     * @param circumstances the workload and the machine
     * @param yardstick the binder that the others are compared with, round by round
     */
    BindReport(Map<String, Object> circumstances, String yardstick) {
        this.circumstances = circumstances;
        this.yardstick = yardstick;
    }

    void add(BindRound round) {
        rounds.add(round);
        System.out.printf(
                Locale.ROOT,
                "round %d  %-14s %6.1f pods/s  %6.1f s  CPU s/1,000 pods: %.2f, API server %.2f  load %.1f%n",
                round.round(),
                round.binder(),
                round.podsPerSecond(),
                round.seconds(),
                round.cpuSeconds(),
                round.apiServerCpuSeconds(),
                round.load());
    }

    /** The table; medians with the least and the most. */
    String table() {
        StringBuilder text = new StringBuilder();
        circumstances.forEach((what, value) ->
                text.append("- ").append(what).append(": ").append(value).append('\n'));
        text.append("\n| binder | pods/s | of the bare rate | CPU s for 1,000 pods | API server's CPU s for 1,000 pods"
                + " | peak memory | gangs in pieces at once, at most |\n|---|---|---|---|---|---|---|\n");
        for (String binder : rounds.stream().map(BindRound::binder).distinct().toList()) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %s | %s | %s | %.0f MB | %d |%n",
                    binder,
                    spread(binder, BindRound::podsPerSecond, "%.0f"),
                    spread(binder, this::share, "%.0f %%"),
                    spread(binder, BindRound::cpuSeconds, "%.2f"),
                    spread(binder, BindRound::apiServerCpuSeconds, "%.2f"),
                    samples(binder, BindRound::peakMegabytes).percentile(100),
                    (int) samples(binder, BindRound::mostTorn).percentile(100)));
        }
        return text.toString();
    }

    private double share(BindRound round) {
        BindRound bare = rounds.stream()
                .filter(other ->
                        other.round() == round.round() && other.binder().equals(yardstick))
                .findFirst()
                .orElseThrow();
        return 100 * round.podsPerSecond() / bare.podsPerSecond();
    }

    private String spread(String binder, ToDoubleFunction<BindRound> value, String form) {
        Samples samples = samples(binder, value);
        return String.format(
                Locale.ROOT,
                form + " (" + form + " to " + form + ")",
                samples.median(),
                samples.percentile(0),
                samples.percentile(100));
    }

    private Samples samples(String binder, ToDoubleFunction<BindRound> value) {
        Samples samples = new Samples(binder, "");
        rounds.stream()
                .filter(round -> round.binder().equals(binder))
                .forEach(round -> samples.add(value.applyAsDouble(round)));
        return samples;
    }

    /** Writes all of it. */
    void write(Path file) throws IOException {
        Map<String, Object> all = new LinkedHashMap<>(circumstances);
        all.put("rounds", rounds);
        Files.createDirectories(file.getParent());
        Files.writeString(file, Serialization.asJson(all) + "\n");
    }
}
