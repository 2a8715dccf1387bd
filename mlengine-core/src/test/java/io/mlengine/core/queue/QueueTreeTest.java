package io.mlengine.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Violation;
import java.util.List;
import org.junit.jupiter.api.Test;

class QueueTreeTest {
    private static final QueueConfig ROOT =
            QueueConfig.named("root").gpus(4).jobs(2).build();
    private static final QueueConfig TEAM =
            QueueConfig.named("team").parent("root").gpus(3).build();

    @Test
    void anyNameIsAllowedUntilOneIsConfigured() {
        assertThat(QueueTree.of(List.of()).allows("whatever")).isTrue();
        assertThat(QueueTree.of(List.of(ROOT)).allows("whatever")).isFalse();
    }

    @Test
    void everyProblemIsToldAtOnce() {
        List<QueueConfig> queues = List.of(
                QueueConfig.named("a").parent("b").build(),
                QueueConfig.named("b").parent("a").gpus(-1).build(),
                QueueConfig.named("c").parent("none").build(),
                QueueConfig.named("c").build(),
                QueueConfig.named("d").maxPriority(-1).build());
        assertThat(QueueTree.problems(queues))
                .extracting(Violation::path)
                .containsExactly(
                        "queues[0].parent",
                        "queues[1].parent",
                        "queues[1].gpus",
                        "queues[2].parent",
                        "queues[3].name",
                        "queues[4].maxPriority");
        assertThat(QueueTree.of(queues).path("a")).hasSize(2);
    }

    @Test
    void aLoadIsChargedToTheQueuesAbove() {
        QueueUsage usage = QueueUsage.none(QueueTree.of(List.of(ROOT, TEAM)));
        Resources twoGpus = Resources.builder().gpus(2).build();
        QueueLoad job = QueueLoad.ONE_JOB.plus(twoGpus, 1);
        usage.add("team", job);
        assertThat(usage.fits("team", job)).isFalse();
        assertThat(usage.fits("root", job)).isTrue();
        assertThat(usage.excesses("root", job.plus(job)))
                .extracting(QueueUsage.Excess::dimension)
                .containsExactly(QueueDimension.GPUS, QueueDimension.JOBS);
        usage.remove("team", job);
        assertThat(usage.fits("team", job)).isTrue();
    }

    @Test
    void whatIsExactCanBeTakenBack() {
        QueueTree tree =
                QueueTree.of(List.of(QueueConfig.named("q").memoryBytes(10).build()));
        QueueUsage usage = QueueUsage.none(tree);
        QueueLoad huge = QueueLoad.NONE.plus(
                Resources.builder().memoryBytes(Long.MAX_VALUE).build(), 5);
        usage.add("q", huge);
        usage.remove("q", huge);
        assertThat(usage.fits(
                        "q",
                        QueueLoad.NONE.plus(Resources.builder().memoryBytes(10).build(), 1)))
                .isTrue();
    }
}
