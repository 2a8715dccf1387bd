package io.mlengine.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.api.EngineEvent;
import io.mlengine.core.api.JobFilter;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Phase;
import io.mlengine.core.scheduling.Wait;
import io.mlengine.spi.model.GpuRequest;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A long queue moves with each start; those who follow it hear of that in proportion to what moves next, not to its length. */
class WaitNewsTest {
    private static final int JOBS = 300;
    private static final int ENDING = 150;
    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

    private int started;
    private final SimulatedEngine simulation = SimulatedEngine.builder()
            .seed(11)
            .nodes(1, 64, 4)
            .replicas(
                    replica -> ++started <= ENDING ? ReplicaScript.succeedsAfter(TEN_SECONDS) : ReplicaScript.forever())
            .build();
    private final List<EngineEvent> news = new ArrayList<>();

    private static MLTrain job(int number) {
        return MLTrain.named("job-" + number)
                .framework("plain")
                .addRole(Role.named("worker")
                        .command("work")
                        .resources(Resources.builder()
                                .gpus(GpuRequest.builder().count(1).build())
                                .build())
                        .build())
                .build();
    }

    private void follow() {
        simulation.engine().listen(JobFilter.ALL, event -> {
            if (event.type() == EngineEvent.Type.WAITING) {
                news.add(event);
            }
        });
    }

    private long queued() {
        return simulation.engine().list(JobFilter.ALL).stream()
                .filter(view -> view.phase() == Phase.QUEUED)
                .count();
    }

    @Test
    void aLongQueueThatMovesIsToldOfInProportionToItsFront() {
        for (int i = 0; i < JOBS; i++) {
            simulation.submit(job(i));
        }
        simulation.runFor(Duration.ofSeconds(1));
        follow();
        long before = queued();

        simulation.runUntil(() -> started > ENDING, Duration.ofHours(1));

        // Each start is news for all that wait: more than thirty thousand words, were all of them told.
        assertThat(before - queued()).isGreaterThan(100);
        assertThat(news).hasSizeLessThan(3_000);
        Map<JobId, Instant> told = new HashMap<>();
        for (EngineEvent event : news) {
            int position = event.view().waiting().orElseThrow().position();
            Instant last = told.put(event.job(), event.at());
            if (last != null) {
                assertThat(Duration.between(last, event.at())).isGreaterThanOrEqualTo(Duration.ofSeconds(position - 1));
            }
        }
    }

    @Test
    void whenTheQueueRestsEverybodyHasHeardTheNewest() {
        for (int i = 0; i < JOBS; i++) {
            simulation.submit(job(i));
        }
        follow();
        simulation.runFor(Duration.ofHours(1));

        Map<JobId, Wait> told = new HashMap<>();
        news.forEach(event -> told.put(event.job(), event.view().waiting().orElseThrow()));
        assertThat(queued()).isPositive();
        assertThat(simulation.engine().list(JobFilter.ALL))
                .filteredOn(view -> view.phase() == Phase.QUEUED)
                .allSatisfy(view ->
                        assertThat(told.get(view.id())).isEqualTo(view.waiting().orElseThrow()));
    }
}
