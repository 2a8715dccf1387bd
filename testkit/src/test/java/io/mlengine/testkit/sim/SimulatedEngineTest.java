package io.mlengine.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlengine.core.api.EngineErrorCode;
import io.mlengine.core.api.EngineEvent;
import io.mlengine.core.api.JobFilter;
import io.mlengine.core.api.JobHandle;
import io.mlengine.core.api.JobView;
import io.mlengine.core.api.MLEngine;
import io.mlengine.core.api.SubmitOptions;
import io.mlengine.core.api.SubmitResult;
import io.mlengine.core.job.Delegate;
import io.mlengine.core.job.DelegateKind;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.PhaseChange;
import io.mlengine.core.job.Retries;
import io.mlengine.core.job.RunPolicy;
import io.mlengine.core.metering.UsageTotal;
import io.mlengine.core.scheduling.Wait;
import io.mlengine.spi.error.MLEngineException;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.GpuRequest;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.NodeConstraints;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.RestartScope;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Taint;
import io.mlengine.spi.model.Toleration;
import io.mlengine.spi.model.Violation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class SimulatedEngineTest {
    private static final Duration LONG = Duration.ofHours(5);

    private static MLTrain.Builder job(String name, int workers) {
        return MLTrain.named(name)
                .framework("plain")
                .addRole(Role.named("worker")
                        .replicas(workers)
                        .command("work")
                        .resources(Resources.builder().gpus(1).build())
                        .build());
    }

    private static SimulatedEngine.Builder world() {
        return SimulatedEngine.builder().seed(7).nodes(2, 16, 4);
    }

    @Test
    void jobGoesThroughItsPhasesInOrder() {
        SimulatedEngine simulation = world().build();
        JobHandle job = simulation.submit(job("one", 2).build());

        JobView end = simulation.runUntilEnded(job, LONG);

        assertThat(end.record().history().stream().map(PhaseChange::phase))
                .containsExactly(
                        Phase.CREATED,
                        Phase.QUEUED,
                        Phase.ADMITTED,
                        Phase.STARTING,
                        Phase.RUNNING,
                        Phase.STOPPING,
                        Phase.SUCCEEDED);
        simulation.runFor(Duration.ofMinutes(1));
        simulation.assertNothingLeft();
    }

    @Test
    void aJobThatCameBeforeTheNodesWereKnownGetsItsOptionalGpus() {
        SimulatedEngine simulation = world().build();
        Role worker = Role.named("worker")
                .replicas(2)
                .command("work")
                .resources(Resources.builder()
                        .gpus(GpuRequest.builder().count(1).optional(true).build())
                        .build())
                .build();
        CompletableFuture<SubmitResult> early = simulation
                .engine()
                .submit(MLTrain.named("early")
                        .framework("plain")
                        .addRole(worker)
                        .build());
        CompletableFuture<SubmitResult> sameName = simulation
                .engine()
                .submit(MLTrain.named("early")
                        .framework("plain")
                        .addRole(worker)
                        .build());
        assertThat(early).isNotDone();

        JobView end = simulation.runUntilEnded(simulation.await(early).orThrow(), LONG);

        assertThat(end.record().train().roles().get(0).resources().gpus()).isPresent();
        assertThat(simulation.await(sameName)).isInstanceOf(SubmitResult.Rejected.class);
    }

    @Test
    void whatAnotherControllerIsToRunIsRefused() {
        MLTrain train = job("one", 2)
                .delegate(new Delegate(DelegateKind.PYTORCH_JOB, DelegateKind.USUAL_VERSION))
                .build();
        SimulatedEngine simulation = world().build();

        CompletableFuture<SubmitResult> answer = simulation.engine().submit(train, SubmitOptions.DEFAULT);
        simulation.runFor(Duration.ofSeconds(1));

        assertThat(((SubmitResult.Rejected) answer.join()).violations())
                .contains(new Violation(
                        "spec.delegate",
                        "ML-435",
                        "run by another controller",
                        "PyTorchJob",
                        "a PyTorchJob needs a cluster with Kubernetes and Kubeflow; remove `delegate` to run the job"
                                + " here"));
    }

    @Test
    void listenersHearWhyAJobWaitsWhenItsBackOffIsOver() {
        List<JobId> fails = new ArrayList<>();
        SimulatedEngine simulation = SimulatedEngine.builder()
                .seed(7)
                .nodes(1, 16, 1)
                .replicas(replica -> fails.contains(replica.attempt().job())
                        ? ReplicaScript.failsAfter(Duration.ofSeconds(5), ExitStatus.ofSignal(9))
                        : ReplicaScript.forever())
                .build();
        List<String> heard = new ArrayList<>();
        MLEngine.Subscription subscription = simulation
                .engine()
                .listen(
                        JobFilter.ALL,
                        event -> event.view().waiting().map(Wait::text).ifPresent(heard::add));
        JobHandle failing = simulation.submit(job("failing", 1)
                .runPolicy(RunPolicy.builder()
                        .retries(new Retries(9, 9, OptionalInt.empty()))
                        .build())
                .build());
        fails.add(failing.id());
        JobHandle other = simulation.submit(job("other", 1).build());
        simulation.runUntil(() -> other.view().phase() == Phase.RUNNING, LONG);
        heard.clear();

        simulation.runUntil(() -> failing.view().waiting().orElseThrow().text().contains("held by"), LONG);
        simulation.runFor(Duration.ofSeconds(1));

        assertThat(heard).anySatisfy(why -> assertThat(why).contains("held by"));
        subscription.close();
    }

    @Test
    void listenersSeeEveryPhaseOnceAndInOrder() {
        SimulatedEngine simulation = world().build();
        List<Phase> seen = new ArrayList<>();
        MLEngine.Subscription subscription = simulation.engine().listen(JobFilter.ALL, event -> {
            if (event.type() == EngineEvent.Type.PHASE) {
                seen.add(event.phase());
            }
        });
        JobHandle job = simulation.submit(job("one", 1).build());
        simulation.runUntilEnded(job, LONG);
        simulation.runFor(Duration.ofSeconds(1));
        subscription.close();
        assertThat(seen)
                .containsExactly(
                        Phase.CREATED,
                        Phase.QUEUED,
                        Phase.ADMITTED,
                        Phase.STARTING,
                        Phase.RUNNING,
                        Phase.STOPPING,
                        Phase.SUCCEEDED);
    }

    @Test
    void retryableFailureStartsTheWholeGangAgain() {
        SimulatedEngine simulation = world().replicas(
                        replica -> replica.attempt().number() == 1 && replica.index() == 1
                                ? ReplicaScript.failsAfter(Duration.ofSeconds(5), ExitStatus.ofSignal(15))
                                : ReplicaScript.succeedsAfter(Duration.ofMinutes(1)))
                .build();
        JobHandle job = simulation.submit(job("retry", 2).build());

        JobView end = simulation.runUntilEnded(job, LONG);

        assertThat(end.phase()).isEqualTo(Phase.SUCCEEDED);
        assertThat(end.record().attemptNumber()).isEqualTo(2);
        assertThat(end.record().retries().user()).isEqualTo(1);
    }

    @Test
    void permanentFailureNamesTheReplicaThatFailedFirst() {
        SimulatedEngine simulation = world().replicas(replica -> replica.index() == 1
                        ? ReplicaScript.failsAfter(Duration.ofSeconds(5), ExitStatus.ofCode(3))
                        : ReplicaScript.forever())
                .build();
        JobHandle job = simulation.submit(job("broken", 3).build());

        JobView end = simulation.runUntilEnded(job, LONG);

        assertThat(end.phase()).isEqualTo(Phase.FAILED);
        assertThat(end.record()
                        .outcome()
                        .orElseThrow()
                        .cause()
                        .orElseThrow()
                        .replica()
                        .orElseThrow()
                        .index())
                .isEqualTo(1);
        assertThat(end.record().outcome().orElseThrow().cause().orElseThrow().exit())
                .contains(ExitStatus.ofCode(3));
    }

    @Test
    void moreImportantJobTakesTheRoomOfALessImportantOne() {
        SimulatedEngine simulation = world().replicas(replica -> ReplicaScript.succeedsAfter(Duration.ofMinutes(10)))
                .build();
        JobHandle low = simulation.submit(job("low", 8).priority(1).build());
        simulation.runUntil(() -> low.view().phase() == Phase.RUNNING, LONG);
        JobHandle high = simulation.submit(job("high", 4).priority(5).build());

        simulation.runUntil(() -> high.view().phase() == Phase.RUNNING, LONG);
        assertThat(low.view().phase()).isIn(Phase.QUEUED, Phase.SUSPENDING);

        assertThat(simulation.runUntilEnded(low, LONG).phase()).isEqualTo(Phase.SUCCEEDED);
        assertThat(low.view().record().retries().user()).isZero();
        assertThat(high.view().phase()).isEqualTo(Phase.SUCCEEDED);
    }

    @Test
    void suspendedJobHoldsNothingAndResumes() {
        SimulatedEngine simulation = world().build();
        JobHandle job = simulation.submit(job("pause", 2).build());
        simulation.runUntil(() -> job.view().phase() == Phase.RUNNING, LONG);

        simulation.await(job.suspend());
        simulation.runUntil(() -> job.view().phase() == Phase.SUSPENDED, LONG);
        simulation.runUntil(() -> simulation.backend().reserved().isEmpty(), Duration.ofSeconds(10));
        simulation.await(job.resume());

        assertThat(simulation.runUntilEnded(job, LONG).phase()).isEqualTo(Phase.SUCCEEDED);
        assertThat(job.view().record().attemptNumber()).isEqualTo(2);
        assertThat(job.view().record().retries().user()).isZero();
    }

    @Test
    void elasticJobGrowsAndShrinksWithoutANewAttempt() {
        SimulatedEngine simulation = world().replicas(replica -> ReplicaScript.succeedsAfter(Duration.ofMinutes(30)))
                .build();
        JobHandle job = simulation.submit(MLTrain.named("elastic")
                .framework("plain")
                .addRole(Role.named("worker")
                        .replicas(2)
                        .minReplicas(1)
                        .maxReplicas(4)
                        .command("work")
                        .resources(Resources.builder().gpus(1).build())
                        .build())
                .build());
        simulation.runUntil(() -> job.view().phase() == Phase.RUNNING, LONG);

        simulation.await(job.resize(new TreeMap<>(Map.of("worker", 4))));
        simulation.runUntil(() -> simulation.backend().alive().size() == 4, LONG);
        simulation.await(job.resize(new TreeMap<>(Map.of("worker", 1))));
        simulation.runUntil(() -> simulation.backend().alive().size() == 1, LONG);

        assertThat(job.view().record().attemptNumber()).isEqualTo(1);
        assertThat(simulation.runUntilEnded(job, LONG).phase()).isEqualTo(Phase.SUCCEEDED);
    }

    @Test
    void silentNodeIsWaitedForBeforeTheNextAttempt() {
        SimulatedEngine simulation = world().build();
        JobHandle job = simulation.submit(job("lost", 2).build());
        simulation.runUntil(() -> job.view().phase() == Phase.RUNNING, LONG);

        simulation
                .backend()
                .silence(
                        job.view()
                                .record()
                                .attempt()
                                .orElseThrow()
                                .placement()
                                .replicas()
                                .get(0)
                                .node(),
                        Duration.ofMinutes(2));

        JobView end = simulation.runUntilEnded(job, LONG);
        assertThat(end.phase()).isEqualTo(Phase.SUCCEEDED);
        assertThat(end.record().retries().user()).isZero();
    }

    @Test
    void jobThatNeverFitsSaysSo() {
        SimulatedEngine simulation = world().build();
        JobHandle job = simulation.submit(job("huge", 100).build());
        simulation.runUntil(() -> job.view().waiting().isPresent(), LONG);

        assertThat(job.view().waiting().orElseThrow().isImpossible()).isTrue();
    }

    @Test
    void replicasGoToNodesThatTheirRoleAllows() {
        SimulatedEngine simulation = world().marked(
                        0, Map.of("pool", "a"), new Taint("gpu", "true", Taint.Effect.NO_SCHEDULE))
                .build();
        Role worker = job("x", 2).build().roles().get(0);
        NodeConstraints tolerant = NodeConstraints.builder()
                .selector("pool", "a")
                .addToleration(new Toleration("gpu", Toleration.Operator.EXISTS, "", Optional.empty()))
                .build();
        JobHandle free = simulation.submit(job("free", 2).build());
        JobHandle chosen = simulation.submit(job("chosen", 2)
                .roles(List.of(Role.builder().from(worker).nodes(tolerant).build()))
                .build());
        simulation.runFor(Duration.ofSeconds(1));
        assertThat(nodes(free)).containsOnly("node-1");
        assertThat(nodes(chosen)).containsOnly("node-0");
    }

    private static List<String> nodes(JobHandle job) {
        return job.view().record().attempt().orElseThrow().placement().replicas().stream()
                .map(Placement.Slot::node)
                .toList();
    }

    @Test
    void nameOfALiveJobIsTaken() {
        SimulatedEngine simulation = world().build();
        simulation.submit(job("twin", 1).build());

        SubmitResult second = simulation.trySubmit(job("twin", 1).build());

        assertThat(second).isInstanceOf(SubmitResult.Rejected.class);
    }

    @Test
    void sameKeyGivesTheSameJob() {
        SimulatedEngine simulation = world().build();
        SubmitOptions options = new SubmitOptions("ana", Optional.of("key-1"));

        JobHandle first = simulation
                .await(simulation.engine().submit(job("once", 1).build(), options))
                .orThrow();
        JobHandle second = simulation
                .await(simulation.engine().submit(job("once", 1).build(), options))
                .orThrow();

        assertThat(second.id()).isEqualTo(first.id());
        assertThat(simulation.engine().list(JobFilter.ALL)).hasSize(1);
    }

    @Test
    void fullMailboxIsAnErrorToTheCaller() {
        SimulatedEngine simulation = world().build();
        JobHandle job = simulation.submit(job("busy", 1).build());
        List<CompletableFuture<JobView>> calls = new ArrayList<>();
        for (int i = 0; i < 10_001; i++) {
            calls.add(job.suspend());
        }
        assertThatThrownBy(calls.get(10_000)::join)
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        MLEngineException.class,
                        error -> assertThat(error.code()).isEqualTo(EngineErrorCode.MAILBOX_FULL));
    }

    @Test
    void usageOfAllAttemptsReachesTheSink() {
        SimulatedEngine simulation = world().replicas(
                        replica -> replica.attempt().number() == 1
                                ? ReplicaScript.failsAfter(Duration.ofSeconds(30), ExitStatus.ofSignal(15))
                                : ReplicaScript.succeedsAfter(Duration.ofSeconds(60)))
                .build();
        JobHandle job = simulation.submit(job("metered", 2).build());
        simulation.runUntilEnded(job, LONG);
        simulation.runFor(Duration.ofSeconds(1));

        UsageTotal total = UsageTotal.of(simulation.usage());
        assertThat(total.gpuSeconds()).isBetween(2 * (30L + 60), 2 * (30L + 60) + 30);
        assertThat(total.lostDeviceMillis()).isBetween(60_000L, 80_000L);
    }

    /** The simulation itself sees to it that no record is dropped before, and that each attempt's usage is its record's. */
    @Test
    void aSinkThatRefusesNineTimesOfTenGetsEverythingAlsoAfterACrash() {
        FaultPlan stubborn = new FaultPlan(0, 0, 0, 0, 0, 900, 0, 0, Duration.ofMillis(5), Duration.ZERO);
        SimulatedEngine simulation = world().faults(stubborn).build();
        for (int i = 0; i < 8; i++) {
            JobHandle job = simulation.submit(job("brief-" + i, 1)
                    .runPolicy(RunPolicy.builder()
                            .ttlAfterFinished(i % 2 == 0 ? Optional.of(Duration.ZERO) : Optional.empty())
                            .build())
                    .build());
            simulation.runUntilEnded(job, LONG);
            if (i % 2 == 1) {
                simulation.crashAndRestart();
            }
        }
        simulation.runFor(Duration.ofHours(1));

        assertThat(simulation.engine().list(JobFilter.ALL)).hasSize(4);
        assertThat(simulation.usage()).hasSize(8);
        simulation.assertNothingLeft();
    }

    @Test
    void finishedJobIsForgottenAfterItsTime() {
        SimulatedEngine simulation = world().build();
        JobHandle job = simulation.submit(job("brief", 1)
                .runPolicy(RunPolicy.builder()
                        .ttlAfterFinished(Duration.ofMinutes(10))
                        .build())
                .build());
        simulation.runUntilEnded(job, LONG);
        simulation.runFor(Duration.ofMinutes(9));
        assertThat(simulation.engine().get(job.id())).isPresent();
        simulation.runFor(Duration.ofMinutes(2));
        assertThat(simulation.engine().get(job.id())).isEmpty();
    }

    @Test
    void restartedEngineFindsItsJobsAgain() {
        SimulatedEngine simulation = world().replicas(replica -> ReplicaScript.succeedsAfter(Duration.ofMinutes(10)))
                .build();
        JobHandle job = simulation.submit(job("survivor", 2).build());
        simulation.runUntil(() -> job.view().phase() == Phase.RUNNING, LONG);

        simulation.crashAndRestart();
        simulation.runUntil(() -> simulation.engine().get(job.id()).isPresent(), LONG);
        JobHandle again = simulation.engine().job(job.id()).orElseThrow();

        assertThat(simulation.runUntilEnded(again, LONG).phase()).isEqualTo(Phase.SUCCEEDED);
        assertThat(again.view().record().attemptNumber()).isEqualTo(1);
    }

    @Test
    void restartedEngineStartsReplicasInAnAttemptThatItHasFoundAgain() {
        SimulatedEngine simulation = world().replicas(replica -> replica.index() == 0 && replica.restart() == 0
                        ? ReplicaScript.failsAfter(Duration.ofMinutes(5), ExitStatus.ofSignal(9))
                        : ReplicaScript.succeedsAfter(Duration.ofMinutes(10)))
                .build();
        JobHandle job = simulation.submit(MLTrain.named("survivor")
                .framework("plain")
                .addRole(Role.named("worker")
                        .replicas(2)
                        .command("work")
                        .restartScope(RestartScope.REPLICA)
                        .build())
                .build());
        simulation.runUntil(() -> job.view().phase() == Phase.RUNNING, LONG);

        simulation.crashAndRestart();
        simulation.runUntil(() -> simulation.engine().get(job.id()).isPresent(), LONG);
        JobHandle again = simulation.engine().job(job.id()).orElseThrow();

        assertThat(simulation.runUntilEnded(again, LONG).phase()).isEqualTo(Phase.SUCCEEDED);
        assertThat(again.view().record().attemptNumber())
                .as("the backend had forgotten the reservation, and was told it again")
                .isEqualTo(1);
    }
}
