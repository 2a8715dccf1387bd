package io.mlengine.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.api.EngineErrorCode;
import io.mlengine.core.api.Health;
import io.mlengine.core.api.JobFilter;
import io.mlengine.core.api.JobHandle;
import io.mlengine.core.api.JobView;
import io.mlengine.core.api.SubmitOptions;
import io.mlengine.core.api.SubmitResult;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Phase;
import io.mlengine.core.queue.QueueConfig;
import io.mlengine.core.store.JobStore.Wish;
import io.mlengine.spi.error.MLEngineException;
import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.FrameworkName;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Violation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** A store that several engines share and that names jobs itself, as a cluster's API does. */
class SharedStoreTest {
    private static final Duration LONG = Duration.ofHours(5);

    private final SimulatedEngine simulation =
            SimulatedEngine.builder().seed(3).nodes(2, 16, 4).storeNamesJobs().build();

    private static MLTrain job(String name, int replicas) {
        return MLTrain.named(name)
                .framework("plain")
                .addRole(Role.named("worker").replicas(replicas).command("work").build())
                .build();
    }

    @Test
    void aJobThatIsSubmittedThroughTheStoreRunsOnce() {
        JobId id = simulation.store().submit(job("one", 2), "ada");

        simulation.runFor(Duration.ofSeconds(5));
        JobHandle handle = simulation.engine().job(id).orElseThrow();
        JobView end = simulation.runUntilEnded(handle, LONG);

        assertThat(end.phase()).isEqualTo(Phase.SUCCEEDED);
        assertThat(end.record().user()).isEqualTo("ada");
        assertThat(simulation.engine().list(JobFilter.ALL)).hasSize(1);
    }

    @Test
    void aCallGivesTheIdOfTheStoreAndOneJob() {
        JobHandle handle = simulation.submit(job("one", 2));

        assertThat(handle.id()).isEqualTo(JobId.of("sim-1"));
        simulation.runUntilEnded(handle, LONG);
        assertThat(simulation.engine().list(JobFilter.ALL)).hasSize(1);
    }

    @Test
    void theSameKeyGivesTheSameJob() {
        SubmitOptions keyed = new SubmitOptions("ada", Optional.of("key"));
        JobId first = simulation
                .await(simulation.engine().submit(job("one", 1), keyed))
                .orThrow()
                .id();
        JobId second = simulation
                .await(simulation.engine().submit(job("one", 1), keyed))
                .orThrow()
                .id();

        assertThat(second).isEqualTo(first);
    }

    @Test
    void anInvalidJobIsRejectedWhereItsAuthorLooks() {
        JobId id = simulation
                .store()
                .submit(
                        MLTrain.builder()
                                .from(job("one", 1))
                                .framework("fortran")
                                .build(),
                        "ada");

        simulation.runFor(Duration.ofSeconds(5));

        assertThat(simulation.engine().job(id)).isEmpty();
        assertThat(simulation.store().rejected()).containsKey(id);
        assertThat(simulation.store().rejected().get(id))
                .anySatisfy(violation -> assertThat(violation.path()).isEqualTo("spec.framework"));
    }

    @Test
    void aPriorityAboveItsQueuesIsRejectedByWhateverWayItComes() {
        simulation
                .store()
                .queues(List.of(QueueConfig.named("default").maxPriority(5).build()));
        MLTrain high = MLTrain.builder().from(job("high", 1)).priority(6).build();

        JobId id = simulation.store().submit(high, "ada");
        simulation.runUntil(() -> simulation.store().rejected().containsKey(id), Duration.ofSeconds(5));
        SubmitResult called = simulation.await(simulation.engine().submit(high));

        assertThat(simulation.store().rejected().get(id))
                .extracting(Violation::code)
                .containsExactly("ML-436");
        assertThat(((SubmitResult.Rejected) called).violations())
                .isEqualTo(simulation.store().rejected().get(id));
        assertThat(simulation.engine().validate(high)).isEqualTo(((SubmitResult.Rejected) called).violations());
        assertThat(simulation.engine().validate(job("low", 1))).isEmpty();
    }

    @Test
    void whatWasSubmittedWhileTheEngineWasAwayIsAcceptedByTheNext() {
        JobHandle before = simulation.submit(job("before", 1));
        JobId id = simulation.store().submit(job("late", 1), "ada");
        simulation.crashAndRestart();

        simulation.runFor(Duration.ofMinutes(5));

        assertThat(simulation.engine().list(JobFilter.ALL))
                .extracting(JobView::id)
                .containsExactlyInAnyOrder(before.id(), id);
    }

    @Test
    void queuesMayChangeWhileItRuns() {
        simulation.store().queues(List.of(QueueConfig.named("research").build()));
        simulation.runFor(Duration.ofSeconds(1));

        assertThat(simulation.engine().queues())
                .extracting(view -> view.config().name())
                .containsExactly("research");
        JobHandle stranger = simulation.submit(job("one", 1));
        simulation.runFor(Duration.ofSeconds(5));
        assertThat(stranger.view().phase()).isEqualTo(Phase.QUEUED);

        simulation.store().queues(List.of(QueueConfig.named("default").build()));
        assertThat(simulation.runUntilEnded(stranger, LONG).phase()).isEqualTo(Phase.SUCCEEDED);
    }

    @Test
    void aWishThroughTheStoreIsFollowedHoweverManyCallsWait() {
        SimulatedEngine busy = SimulatedEngine.builder()
                .seed(3)
                .nodes(2, 16, 4)
                .storeNamesJobs()
                .mailboxCapacity(1)
                .build();
        JobHandle first = busy.submit(job("first", 1));
        JobHandle second = busy.submit(job("second", 1));
        busy.engine().resume(first.id());
        assertThat(busy.engine().resume(first.id()))
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(java.util.concurrent.ExecutionException.class)
                .withMessageContaining("Calls come faster than they are handled");

        busy.store().wish(new Wish(second.id(), Wish.Kind.CANCEL, "enough"));

        assertThat(busy.runUntilEnded(second, LONG).phase()).isEqualTo(Phase.CANCELLED);
    }

    @Test
    void aJobThatCannotBeJudgedNowIsJudgedLater() {
        AtomicInteger failures = new AtomicInteger(2);
        FrameworkLauncher stuck = new FrameworkLauncher() {
            private final FrameworkLauncher plain = new PlainLauncher();

            @Override
            public FrameworkName name() {
                return plain.name();
            }

            @Override
            public JobShape defaults(JobShape job) {
                if (failures.getAndDecrement() > 0) {
                    throw new IllegalStateException("not now");
                }
                return plain.defaults(job);
            }

            @Override
            public LaunchPlan plan(ClusterView view) {
                return plain.plan(view);
            }
        };
        SimulatedEngine slow = SimulatedEngine.builder()
                .seed(3)
                .storeNamesJobs()
                .launchers(new DirectLaunchers(List.of(stuck)))
                .build();
        // It is told twice, and both times in vain.
        JobId id = slow.store().submit(job("one", 1), "ada");
        slow.runFor(Duration.ofSeconds(5));
        assertThat(slow.engine().job(id)).isEmpty();

        slow.runFor(Duration.ofSeconds(30));

        assertThat(slow.engine().job(id)).isPresent();
    }

    @Test
    void newsOfManyReplicasIsGatheredAndPhasesAreNot() {
        Duration between = Duration.ofMillis(100);
        SimulatedEngine wide = SimulatedEngine.builder()
                .seed(3)
                .nodes(4, 16, 0)
                .storeNamesJobs()
                .replicas(replica -> new ReplicaScript(
                        Duration.ofMillis(200),
                        between.multipliedBy(replica.index()),
                        Optional.of(Duration.ofMinutes(1)),
                        ExitStatus.SUCCESS))
                .build();
        JobHandle job = wide.submit(job("wide", 64));
        wide.runUntil(() -> job.view().phase() == Phase.STARTING, LONG);
        long before = wide.store().writes();
        Instant since = wide.time().instant();

        wide.runUntil(() -> job.view().phase() == Phase.RUNNING, LONG);

        Duration took = Duration.between(since, wide.time().instant());
        assertThat(took)
                .isBetween(between.multipliedBy(63), between.multipliedBy(63).plusMillis(500));
        assertThat(wide.store().writes() - before).isBetween(5L, took.toSeconds() + 2);
        assertThat(wide.runUntilEnded(job, LONG).phase()).isEqualTo(Phase.SUCCEEDED);
    }

    @Test
    void anEngineThatIsNotInChargeAnyMoreOrdersNothingAndSaysSo() {
        JobHandle job = simulation.submit(job("one", 2));
        simulation.store().takeFromEngine("another engine has the lease");
        CompletableFuture<JobView> waiting = simulation.engine().cancel(job.id(), "too late");
        long version = job.view().record().version();
        CompletableFuture<Health> halted = simulation.engine().halted();
        assertThat(halted).isNotDone();

        simulation.runFor(Duration.ofMinutes(10));

        assertThat(job.view().record().version()).isEqualTo(version);
        assertThat(waiting)
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(java.util.concurrent.ExecutionException.class)
                .havingCause()
                .asInstanceOf(InstanceOfAssertFactories.type(MLEngineException.class))
                .satisfies(error -> assertThat(error.code()).isEqualTo(EngineErrorCode.FENCED));
        assertThat(simulation.engine().health().status()).isEqualTo(Health.Status.DOWN);
        assertThat(halted).isCompletedWithValueMatching(health -> health.status() == Health.Status.DOWN);
    }
}
