package io.mlengine.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.api.EngineEvent;
import io.mlengine.core.api.JobFilter;
import io.mlengine.core.api.JobHandle;
import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.JobId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * The production engine against a rough world: {@code -Dmlengine.seeds=N} sets how many seeds, {@code
 * -Dmlengine.seed=N} repeats a single one.
 */
class EngineSimulation {
    private static final Duration LONGEST_LIFE = Duration.ofDays(2);

    @Test
    void everySeedEndsCleanly() {
        TreeMap<String, Integer> seen = new TreeMap<>();
        seeds().forEach(seed -> run(seed, seen));
        if (Long.getLong("mlengine.seed") == null) {
            assertThat(seen)
                    .as("a world in which these never happen proves nothing")
                    .containsKeys(
                            "SUCCEEDED",
                            "FAILED",
                            "CANCELLED",
                            "SUSPENDED",
                            "RESTARTING",
                            "RESIZING",
                            "DELETED",
                            "CRASHED")
                    .containsKeys("Preempted", "OutOfMemory", "NodeLost", "BackoffLimitExceeded", "DeadlineExceeded");
        }
    }

    /**
     * Two holders of one device: a gang that shrank, a late release of an older attempt, a gang that ended while it shrank.
     * A job suspended before its new engine had seen the cluster, whose launch the old one had not brought through.
     */
    @Test
    void seedsThatOnceFailedStayMended() {
        LongStream.of(462, 4931, 8563, 3854).forEach(seed -> run(seed, new TreeMap<>()));
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        LongStream.range(0, 20)
                .forEach(seed -> assertThat(run(seed, new TreeMap<>())).isEqualTo(run(seed, new TreeMap<>())));
    }

    private static LongStream seeds() {
        Long single = Long.getLong("mlengine.seed");
        return single != null ? LongStream.of(single) : LongStream.range(0, Long.getLong("mlengine.seeds", 1_000));
    }

    /** Runs a workload with faults and meddling users; then everybody leaves and all must end. Returns the steps. */
    private static long run(long seed, TreeMap<String, Integer> seen) {
        RandomWorkload workload = new RandomWorkload(seed);
        SimulatedEngine.Builder world = SimulatedEngine.builder();
        if (seed % 5 == 4) {
            world.storeNamesJobs();
        }
        SimulatedEngine simulation = world.seed(seed)
                .faults(workload.chance(20) ? FaultPlan.NONE : FaultPlan.ROUGH)
                .nodes(1 + (int) (seed % 3), 8, 4)
                .replicas(workload)
                .build();
        simulation.engine().listen(JobFilter.ALL, event -> note(event, seen));
        List<JobId> ids = new ArrayList<>();
        for (MLTrain train : workload.jobs()) {
            ids.add(simulation.submit(train).id());
            simulation.runFor(workload.upTo(Duration.ofMinutes(2)));
        }
        for (int i = 0; i < 8; i++) {
            List<JobHandle> jobs = handles(simulation, ids);
            if (!jobs.isEmpty()) {
                workload.meddle(jobs);
            }
            simulation.runFor(workload.upTo(Duration.ofMinutes(5)));
            if (workload.chance(5)) {
                simulation.crashAndRestart();
                simulation.engine().listen(JobFilter.ALL, event -> note(event, seen));
                seen.merge("CRASHED", 1, Integer::sum);
                simulation.runFor(Duration.ofSeconds(1));
            }
        }
        handles(simulation, ids).forEach(JobHandle::resume);
        simulation.runFor(Duration.ofMinutes(20));
        handles(simulation, ids).forEach(job -> job.cancel("the simulation ends"));
        simulation.runUntil(
                () -> simulation.engine().list(JobFilter.ALL).stream()
                        .allMatch(view -> view.phase().isTerminal()),
                LONGEST_LIFE);
        simulation.runFor(Duration.ofHours(1));
        simulation.assertNothingLeft();
        return simulation.steps();
    }

    private static List<JobHandle> handles(SimulatedEngine simulation, List<JobId> ids) {
        return ids.stream()
                .map(simulation.engine()::job)
                .flatMap(Optional::stream)
                .toList();
    }

    private static void note(EngineEvent event, TreeMap<String, Integer> seen) {
        switch (event.type()) {
            case PHASE -> {
                seen.merge(event.phase().name(), 1, Integer::sum);
                event.view().record().outcome().ifPresent(outcome -> seen.merge(outcome.reason(), 1, Integer::sum));
                event.view().record().history().forEach(change -> seen.merge(change.reason(), 1, Integer::sum));
            }
            case DELETED -> seen.merge("DELETED", 1, Integer::sum);
            case SUBMITTED, REPLICA, WAITING, PROGRESS, NOTE -> {}
        }
    }
}
