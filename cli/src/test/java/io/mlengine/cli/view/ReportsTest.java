package io.mlengine.cli.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.build.testing.GoldenFile;
import io.mlengine.cli.terminal.Style;
import io.mlengine.core.api.EngineEvent;
import io.mlengine.core.api.JobView;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.Phase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReportsTest {
    private static final Path FOLDER = Path.of("/home/ana/.local/state/mlengine/jobs/mlt-7f3a91");

    @Test
    void goodEndNamesMetricsUsageAndWhereThingsAre() {
        GoldenFile.named("screens/succeeded.txt")
                .assertMatches(text(EndReport.of(Samples.succeeded(), FOLDER, "mlengine run train.yaml", Style.PLAIN)));
    }

    @Test
    void badEndNamesTheFirstFailureAndItsLastLinesWithoutTheirColors() {
        String report = text(EndReport.of(Samples.failed(), FOLDER, "mlengine run train.yaml", Style.PLAIN));

        GoldenFile.named("screens/failed.txt").assertMatches(report);
        assertThat(report).doesNotContain("\u001b");
    }

    @Test
    void usageTellsWhatWasAllocatedWhatWasBusyAndWhyNot() {
        JobRecord job = Samples.succeeded();

        GoldenFile.named("screens/usage.txt")
                .assertMatches(text(UsageReport.of(
                        job, UsageFigures.of(job, job.finishedAt().orElseThrow()), Style.PLAIN)));
    }

    @Test
    void busyAndWastedTimeNeverExceedWhatWasAllocated() {
        for (JobRecord job : List.of(Samples.succeeded(), Samples.failed())) {
            UsageFigures usage = UsageFigures.of(job, job.finishedAt().orElseThrow());
            long wasted =
                    usage.waste().stream().mapToLong(UsageFigures.Waste::millis).sum();

            assertThat(usage.busyMillis() + wasted)
                    .isLessThanOrEqualTo(usage.allocatedMillis())
                    .isGreaterThan(usage.allocatedMillis() - 1000);
        }
    }

    @Test
    void plainLinesTellEachChangeOnceAndProgressEveryThirtySeconds() {
        PlainLines plain = new PlainLines(Style.PLAIN);
        List<String> lines = new ArrayList<>();
        JobView running = Samples.running(2);
        lines.addAll(plain.of(event(0, EngineEvent.Type.SUBMITTED, Phase.CREATED, running), Optional.empty()));
        lines.addAll(plain.of(event(1, EngineEvent.Type.PHASE, Phase.QUEUED, Samples.queued()), Optional.empty()));
        lines.addAll(plain.of(event(2, EngineEvent.Type.WAITING, Phase.QUEUED, Samples.queued()), Optional.empty()));
        lines.addAll(plain.of(event(3, EngineEvent.Type.WAITING, Phase.QUEUED, Samples.queued()), Optional.empty()));
        lines.addAll(plain.of(event(12, EngineEvent.Type.PHASE, Phase.RUNNING, running), Optional.empty()));
        for (int second = 42; second < 110; second++) {
            lines.addAll(plain.of(
                    event(second, EngineEvent.Type.PROGRESS, Phase.RUNNING, running),
                    Optional.of(Duration.ofSeconds(150))));
        }
        JobView ended = Samples.view(Samples.succeeded()).build();
        lines.addAll(plain.of(event(298, EngineEvent.Type.PHASE, Phase.SUCCEEDED, ended), Optional.empty()));
        JobView failed = Samples.view(Samples.failed()).build();
        lines.addAll(plain.of(event(299, EngineEvent.Type.PHASE, Phase.FAILED, failed), Optional.empty()));

        GoldenFile.named("screens/plain.txt").assertMatches(text(lines));
    }

    private static EngineEvent event(int second, EngineEvent.Type type, Phase phase, JobView view) {
        Instant at = Samples.START.plusSeconds(second);
        return new EngineEvent(second, at, Samples.ID, type, phase, "", view);
    }

    private static String text(List<String> lines) {
        return String.join("\n", lines) + "\n";
    }
}
