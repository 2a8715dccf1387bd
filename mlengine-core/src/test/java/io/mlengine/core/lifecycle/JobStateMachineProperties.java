package io.mlengine.core.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.job.JobTimer;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Outcome;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.Retries;
import io.mlengine.core.job.RetryCount;
import io.mlengine.core.job.SchedulingWishes;
import io.mlengine.core.job.SuccessPolicy;
import io.mlengine.spi.model.Deciders;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.RestartScope;
import io.mlengine.spi.model.Role;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** The invariants of the machine under random events, answers and crashes. */
class JobStateMachineProperties {
    @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
    void invariantsHoldWhateverHappensAndACancelledJobEnds(@ForAll("jobs") MLTrain train, @ForAll long seed) {
        World world = new World(train, new Random(seed), new Edges());
        for (int i = 0; i < 200 && !world.isForgotten(); i++) {
            world.step();
        }

        world.send(new JobEvent.Cancel("enough"));
        world.comeToAnEnd();

        assertThat(world.record().phase().isTerminal())
                .as("%s", world.record().history())
                .isTrue();
        assertThat(world.record().finishedAt()).isPresent();
        assertThat(world.holdsSomething()).as("something is left").isFalse();
    }

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void jobInAKindWorldEndsByItself(@ForAll("jobs") MLTrain train, @ForAll long seed) {
        World world = new World(train, new Random(seed), new Edges());
        world.send(new JobEvent.Accept());
        world.send(new JobEvent.Resume());
        world.runKindly();

        assertThat(world.record().phase().isTerminal())
                .as("%s", world.record().history())
                .isTrue();
        assertThat(world.record().outcome().orElseThrow().result()).isNotEqualTo(Outcome.Result.CANCELLED);
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void aQuotaThatIsGivenBackAtLastHasCostNothing(
            @ForAll("jobs") MLTrain train, @ForAll @IntRange(min = 1, max = 40) int refusals, @ForAll Random random) {
        JobDriver job = JobDriver.queued(train).send(new JobEvent.Resume());
        Duration most = Duration.ZERO;
        for (int i = 0; i < refusals; i++) {
            job.grant();
            if (random.nextBoolean()) {
                job.reserved();
            }
            job.orderFailed(FailureClass.QUOTA, "QuotaExceeded");
            assertThat(job.phase()).isEqualTo(Phase.QUEUED);
            Duration wait = Duration.between(job.now(), job.timer(JobTimer.BACK_OFF));
            assertThat(wait).isBetween(most, Duration.ofMinutes(5));
            most = wait;
            job.wakeAtNextTimer();
        }

        assertThat(job.record().retries()).isEqualTo(new RetryCount(0, 0, 0, refusals));
        assertThat(job.record().pastAttempts()).hasSizeLessThan(Math.min(refusals, 3));
        assertThat(job.record().history()).hasSizeLessThan(16);
        assertThat(job.record().attemptNumber()).isEqualTo(refusals);
        assertThat(job.grant().reserved().phase()).isEqualTo(Phase.STARTING);
    }

    @Provide
    Arbitrary<MLTrain> jobs() {
        Arbitrary<Role> workers = Combinators.combine(
                        Arbitraries.integers().between(1, 4),
                        Arbitraries.of(RestartScope.values()).optional(0.7),
                        Arbitraries.of(Deciders.values()).optional(0.5),
                        Arbitraries.of(true, true, true, false),
                        Arbitraries.of(true, false))
                .as(JobStateMachineProperties::workers);
        Arbitrary<List<Role>> others = Arbitraries.of(
                        Jobs.chief().build(),
                        Jobs.server(2).build(),
                        Jobs.sideCar().build(),
                        Jobs.server(1)
                                .name("late")
                                .startAfter(List.of("worker"))
                                .build())
                .list()
                .uniqueElements(Role::name)
                .ofMaxSize(2);
        Arbitrary<Optional<Integer>> minimum =
                Arbitraries.integers().between(1, 3).optional(0.3);
        Arbitrary<Optional<Integer>> succeeded =
                Arbitraries.integers().between(1, 3).optional(0.2);
        Arbitrary<Boolean> limited = Arbitraries.of(true, false);
        return Combinators.combine(workers, others, minimum, succeeded, limited, limited)
                .as(JobStateMachineProperties::job);
    }

    private static Role workers(
            int count, Optional<RestartScope> scope, Optional<Deciders> deciders, boolean critical, boolean elastic) {
        Role.Builder role =
                Jobs.worker(count).restartScope(scope).deciders(deciders).critical(critical);
        return (elastic ? role.minReplicas(1).maxReplicas(5) : role).build();
    }

    private static MLTrain job(
            Role workers,
            List<Role> others,
            Optional<Integer> minimum,
            Optional<Integer> succeeded,
            boolean timed,
            boolean suspended) {
        MLTrain.Builder train = MLTrain.builder()
                .from(Jobs.with(
                        policy -> timed
                                ? policy.activeDeadline(Duration.ofMinutes(40))
                                        .progressTimeout(Duration.ofMinutes(5))
                                        .ttlAfterFinished(Duration.ZERO)
                                        .suspend(suspended)
                                : policy.suspend(suspended).retries(new Retries(2, 2, OptionalInt.empty())),
                        workers))
                .addAllRoles(others);
        minimum.ifPresent(least ->
                train.scheduling(SchedulingWishes.builder().gangMinimum(least).build()));
        succeeded.ifPresent(
                enough -> train.success(new SuccessPolicy(SuccessPolicy.Rule.DECIDERS, OptionalInt.of(enough))));
        return train.build();
    }
}
