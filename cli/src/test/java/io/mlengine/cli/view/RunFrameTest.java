package io.mlengine.cli.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.build.testing.GoldenFile;
import io.mlengine.cli.terminal.Cells;
import io.mlengine.cli.terminal.Style;
import io.mlengine.core.api.JobView;
import io.mlengine.core.job.Phase;
import io.mlengine.spi.backend.ReplicaState;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunFrameTest {
    private static final Style RICH = new Style(true, true);

    private static String draw(JobView view, int width, Style style) {
        return String.join("\n", RunFrame.draw(Samples.state(view), width, 23, style)) + "\n";
    }

    @ParameterizedTest
    @ValueSource(ints = {50, 60, 72, 80, 120, 200})
    void runningJobIsDrawnAsInTheGoldenScreen(int width) {
        GoldenFile.named("screens/running-" + width + ".txt")
                .assertMatches(draw(Samples.running(2), width, new Style(false, true)));
        GoldenFile.named("screens/running-" + width + "-ascii.txt")
                .assertMatches(draw(Samples.running(2), width, Style.PLAIN));
        GoldenFile.named("screens/running-" + width + "-color.txt")
                .assertMatches(draw(Samples.running(2), width, RICH));
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 80, 120})
    void queuedJobTellsWhyItWaits(int width) {
        GoldenFile.named("screens/queued-" + width + ".txt").assertMatches(draw(Samples.queued(), width, Style.PLAIN));
    }

    @Test
    void preparingJobTellsWhatItIsBusyWith() {
        JobView view = Samples.view(Samples.record(2, Phase.STARTING)
                        .attempt(Samples.attempt(1, 2, index -> ReplicaState.PREPARING))
                        .build())
                .build();

        GoldenFile.named("screens/preparing-80.txt").assertMatches(draw(view, 80, Style.PLAIN));
    }

    @Test
    void manyReplicasAreGroupedWithTheWorstFirstAndFitTheScreen() {
        JobView view = Samples.view(Samples.record(256, Phase.RUNNING)
                        .attempt(Samples.attempt(
                                1,
                                256,
                                index -> index == 9
                                        ? ReplicaState.FAILED
                                        : index % 50 == 0 ? ReplicaState.STARTED : ReplicaState.READY))
                        .build())
                .progress(Samples.progress(5640))
                .build();

        GoldenFile.named("screens/grouped-80.txt").assertMatches(draw(view, 80, Style.PLAIN));
    }

    @Test
    void noFrameIsWiderOrHigherThanTheScreen() {
        for (JobView view : List.of(Samples.running(2), Samples.running(40), Samples.queued())) {
            for (int width = 20; width <= 200; width += 7) {
                for (int height = 3; height <= 40; height += 5) {
                    List<String> lines = RunFrame.draw(Samples.state(view), width, height, RICH);

                    assertThat(lines).as("%d x %d", width, height).hasSizeLessThanOrEqualTo(height);
                    int limit = width;
                    assertThat(lines)
                            .as("%d x %d", width, height)
                            .allSatisfy(line -> assertThat(Cells.width(line)).isLessThanOrEqualTo(limit));
                }
            }
        }
    }

    @Test
    void withoutColorsNoEscapeIsDrawn() {
        assertThat(draw(Samples.running(40), 120, new Style(false, true))).doesNotContain("\u001b");
    }

    @Test
    void withoutUnicodeEverythingIsAscii() {
        assertThat(draw(Samples.running(2), 120, new Style(true, false)).chars())
                .allMatch(c -> c < 128);
    }

    @Test
    void colorsChangeNothingButColors() {
        String rich = draw(Samples.running(2), 100, RICH).replaceAll("\u001b\\[[0-9;]*m", "");

        assertThat(rich).isEqualTo(draw(Samples.running(2), 100, new Style(false, true)));
    }

    @Test
    void withoutProgressNoPerCentIsClaimed() {
        JobView view = JobView.builder()
                .from(Samples.running(2))
                .progress(java.util.Optional.empty())
                .samples(java.util.Map.of())
                .build();

        assertThat(draw(view, 80, Style.PLAIN)).contains("<=>").doesNotContain(" %");
    }

    @Test
    void finishedStepsAreNotAHundredPerCentWhileTheJobRuns() {
        JobView view = JobView.builder()
                .from(Samples.running(2))
                .progress(Samples.progress(9380))
                .build();

        assertThat(draw(view, 80, Style.PLAIN)).contains("99 %").doesNotContain("100 %");
    }
}
