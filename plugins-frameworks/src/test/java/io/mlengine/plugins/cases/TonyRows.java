package io.mlengine.plugins.cases;

import static io.mlengine.core.lifecycle.Jobs.chief;
import static io.mlengine.core.lifecycle.Jobs.of;
import static io.mlengine.core.lifecycle.Jobs.server;
import static io.mlengine.core.lifecycle.Jobs.sideCar;
import static io.mlengine.core.lifecycle.Jobs.with;
import static io.mlengine.core.lifecycle.Jobs.worker;
import static io.mlengine.core.lifecycle.Jobs.workers;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.Retries;
import io.mlengine.core.lifecycle.Effect;
import io.mlengine.core.lifecycle.JobDriver;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.FrameworkOptions;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Violation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * TonY's end-to-end list, row by row. It counts as mixed: where TonY ends a job whose failure our rules retry, the row is
 * run with no retries left and with some.
 */
final class TonyRows {
    private static final Retries NO_RETRIES = new Retries(0, 0, OptionalInt.of(0));

    private TonyRows() {}

    @ProseRow("single node exits 0")
    static void singleNodeSucceeds() {
        ends(JobDriver.running(workers(1)).exit("worker", 0, 0), Phase.SUCCEEDED);
    }

    @ProseRow("single node exits 1")
    static void singleNodeFails() {
        ends(JobDriver.running(workers(1)).exit("worker", 0, 1), Phase.FAILED);
    }

    @ProseRow("ps + workers, all tracked workers exit 0, ps keeps running")
    static void serverKeepsRunning() {
        JobDriver job =
                settled(JobDriver.running(of(server(1).build(), worker(2).build()))
                        .exit("worker", 0, 0)
                        .exit("worker", 1, 0));
        assertThat(job.effects(Effect.Stop.class)).hasSize(1);
        ends(job, Phase.SUCCEEDED);
    }

    @ProseRow("one worker starts much later than the others")
    static void lateWorker() {
        JobDriver job = JobDriver.starting(workers(3)).ready("worker", 0).ready("worker", 1);
        assertThat(job.wakeAfter(Duration.ofMinutes(20)).phase()).isEqualTo(Phase.STARTING);
        assertThat(job.ready("worker", 2).phase()).isEqualTo(Phase.RUNNING);
        ends(job.exit("worker", 0, 0).exit("worker", 1, 0).exit("worker", 2, 0), Phase.SUCCEEDED);
    }

    /** A silent node is nobody's fault: retried while the infrastructure's budget lasts. */
    @ProseRow("executor misses its heartbeats (25 x 1 s)")
    static void silentNode() {
        JobDriver retried = JobDriver.running(workers(1)).state("worker", 0, ReplicaState.LOST);
        assertThat(retried.state("worker", 0, ReplicaState.GONE).phase()).isEqualTo(Phase.QUEUED);
        JobDriver job = JobDriver.running(
                with(policy -> policy.retries(NO_RETRIES), worker(1).build()));
        ends(job.state("worker", 0, ReplicaState.LOST), Phase.FAILED);
    }

    @ProseRow("worker-0 (chief) killed")
    static void chiefKilled() {
        JobDriver job = JobDriver.running(with(
                policy -> policy.retries(NO_RETRIES), chief().build(), worker(1).build()));
        job.exit("chief", 0, ExitStatus.ofSignal(9), job.now());
        assertThat(job.phase()).isEqualTo(Phase.STOPPING);
        ends(job, Phase.FAILED);
        JobDriver retried = JobDriver.running(of(chief().build(), worker(1).build()));
        retried.exit("chief", 0, ExitStatus.ofSignal(9), retried.now());
        assertThat(retried.phase()).isEqualTo(Phase.RESTARTING);
    }

    /** A role says itself whether the job can do without one of it. */
    @ProseRow("a non-chief worker fails")
    static void workerFails() {
        JobDriver tolerated =
                JobDriver.running(of(chief().build(), worker(2).critical(false).build()));
        ends(settled(tolerated.exit("worker", 0, 1).exit("chief", 0, 0)), Phase.SUCCEEDED);
        JobDriver critical = JobDriver.running(of(chief().build(), worker(2).build()));
        ends(settled(critical.exit("worker", 0, 1)), Phase.FAILED);
    }

    /** TonY fails the job; an engine that starts again must find it and go on. */
    @ProseRow("engine/AM crashes")
    static void engineCrashes() {
        JobDriver job = JobDriver.running(workers(2)).engineStartsAgain();
        assertThat(job.effects()).isEmpty();
        ends(job.exit("worker", 0, 0).exit("worker", 1, 0), Phase.SUCCEEDED);
    }

    @ProseRow("completion message is late by some seconds")
    static void lateMessage() {
        JobDriver job = JobDriver.running(of(chief().build(), worker(1).build()));
        var ended = job.now();
        job.pass(Duration.ofSeconds(5)).exit("worker", 0, 0);
        ends(job.exit("chief", 0, ExitStatus.SUCCESS, ended), Phase.SUCCEEDED);
    }

    @ProseRow("untracked ps crashes")
    static void serverCrashes() {
        ends(settled(JobDriver.running(of(chief().build(), server(1).build())).exit("ps", 0, 1)), Phase.FAILED);
    }

    @ProseRow("sidecar (tensorboard) crashes")
    static void sideCarCrashes() {
        JobDriver job = JobDriver.running(of(worker(1).build(), sideCar().build()));
        ends(job.exit("board", 0, 1).exit("worker", 0, 0), Phase.SUCCEEDED);
    }

    @ProseRow("horovod driver process crashes")
    static void driverCrashes() {
        Role driver = Role.named("driver").command("driver").tracked(false).build();
        ends(settled(JobDriver.running(of(driver, worker(2).build())).exit("driver", 0, 1)), Phase.FAILED);
    }

    @ProseRow("standalone mode with 2 instances")
    static void standaloneIsAlone() {
        MLTrain train = MLTrain.named("job")
                .framework("pytorch")
                .frameworkOptions(FrameworkOptions.of(Map.of("standalone", true)))
                .addRole(Role.named("worker")
                        .replicas(2)
                        .command("torchrun", "train.py")
                        .build())
                .build();
        assertThat(Plans.admission().check(train))
                .extracting(Violation::path)
                .containsExactly("spec.frameworkOptions.standalone");
    }

    /** Here TensorBoard is a role of its own; what it is told, nobody else is. */
    @ProseRow("tensorboard port env only on the chief")
    static void onlyTheBoardKnowsItsPort() {
        Role board = sideCar().env("TB_PORT", "6006").build();
        Role train =
                Role.named("worker").replicas(2).command("python", "train.py").build();
        JobShape job = Plans.job("tensorflow", "job", Map.of(), List.of(train, board));
        LaunchPlan plan = Plans.plan(job, Plans.operatorHosts("job"));
        assertThat(plan.replicas())
                .allSatisfy(replica -> assertThat(replica.env()).doesNotContainKey("TB_PORT"));
        assertThat(job.roles())
                .filteredOn(role -> role.env().containsKey("TB_PORT"))
                .containsExactly(board);
    }

    private static JobDriver settled(JobDriver job) {
        return job.phase() == Phase.RUNNING ? job.wakeAtNextTimer() : job;
    }

    private static void ends(JobDriver job, Phase phase) {
        assertThat(job.allStopped().phase()).isEqualTo(phase);
    }
}
