package io.mlengine.core.lifecycle;

import static io.mlengine.core.lifecycle.Jobs.chief;
import static io.mlengine.core.lifecycle.Jobs.elastic;
import static io.mlengine.core.lifecycle.Jobs.of;
import static io.mlengine.core.lifecycle.Jobs.server;
import static io.mlengine.core.lifecycle.Jobs.with;
import static io.mlengine.core.lifecycle.Jobs.worker;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.SchedulingWishes;
import io.mlengine.core.lifecycle.TransitionTable.Kind;
import io.mlengine.core.lifecycle.TransitionTable.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TransitionTableTest {
    private static final int WALKS = 600;

    @Test
    void everyPairOfPhaseAndEventHasARow() {
        for (Phase phase : Phase.values()) {
            for (JobEvent.Type event : JobEvent.Type.values()) {
                assertThat(TransitionTable.rows())
                        .as("%s + %s", phase, event)
                        .anyMatch(row -> row.from() == phase && row.event() == event);
            }
        }
    }

    @Test
    void rowsSayWhatTheirKindMeans() {
        assertThat(TransitionTable.rows()).allSatisfy(row -> {
            assertThat(row.kind() == Kind.MOVE).isEqualTo(row.from() != row.to());
            assertThat(row.kind() == Kind.IGNORE && row.guard().isEmpty()).isFalse();
        });
    }

    @Test
    void terminalPhasesLeadNowhereButToDeleting() {
        assertThat(TransitionTable.rows())
                .filteredOn(row -> row.from().isTerminal() && row.kind() == Kind.MOVE)
                .extracting(Row::to)
                .containsOnly(Phase.DELETING);
    }

    @Test
    void stepWithoutARowIsRefused() {
        assertThatThrownBy(() -> TransitionTable.requireMove(Phase.SUCCEEDED, JobEvent.Type.GRANT, Phase.RUNNING))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("SUCCEEDED + GRANT -> RUNNING");
    }

    @Test
    void everyRowHappens() {
        Edges edges = new Edges();
        RareScenarios.run(edges);
        List<MLTrain> jobs = jobs();
        for (int seed = 0; seed < WALKS; seed++) {
            World world = new World(jobs.get(seed % jobs.size()), new Random(seed), edges);
            for (int i = 0; i < 200 && !world.isForgotten(); i++) {
                world.step();
            }
            for (JobEvent event : EveryEvent.of(world.record())) {
                edges.visit(world.record(), event, JobStateMachine.apply(world.record(), event, world.now()));
            }
        }

        assertThat(TransitionTable.rows()).filteredOn(row -> !edges.has(row)).isEmpty();
    }

    private static List<MLTrain> jobs() {
        List<MLTrain> jobs = new ArrayList<>();
        jobs.add(of(elastic(3, 1, 4).build()));
        jobs.add(of(worker(2).build()));
        jobs.add(of(chief().build(), worker(2).build(), server(1).build()));
        jobs.add(of(
                elastic(2, 1, 4).build(),
                server(1).startAfter(List.of("worker")).build()));
        jobs.add(with(
                policy -> policy.activeDeadline(Duration.ofSeconds(60))
                        .ttlAfterFinished(Duration.ofSeconds(10))
                        .progressTimeout(Duration.ofSeconds(30))
                        .startTimeout(Duration.ofSeconds(20))
                        .suspend(true),
                elastic(2, 1, 3).build()));
        jobs.add(MLTrain.builder()
                .from(of(elastic(3, 1, 4)
                        .restartScope(java.util.Optional.empty())
                        .build()))
                .scheduling(SchedulingWishes.builder().gangMinimum(2).build())
                .build());
        return jobs;
    }
}
