package io.mlengine.core.lifecycle;

import static io.mlengine.core.lifecycle.Jobs.chief;
import static io.mlengine.core.lifecycle.Jobs.elastic;
import static io.mlengine.core.lifecycle.Jobs.of;
import static io.mlengine.core.lifecycle.Jobs.server;
import static io.mlengine.core.lifecycle.Jobs.with;
import static io.mlengine.core.lifecycle.Jobs.worker;
import static io.mlengine.core.lifecycle.ResizingTest.resize;

import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.RunPolicy;
import io.mlengine.core.job.SchedulingWishes;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.RestartScope;
import io.mlengine.spi.model.Role;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/** Steps that a random walk seldom takes; each line is one way there. */
final class RareScenarios {
    private static final JobEvent SUSPEND = new JobEvent.Suspend();
    private static final JobEvent PREEMPT = new JobEvent.Preempt("");
    private static final Role ELASTIC = elastic(2, 1, 4).build();

    private final Edges edges;

    private RareScenarios(Edges edges) {
        this.edges = edges;
    }

    static void run(Edges edges) {
        RareScenarios scenarios = new RareScenarios(edges);
        scenarios.everyEventInEveryPhase();
        scenarios.limits();
        scenarios.settleWindows();
        scenarios.failedOrders();
        scenarios.resizes();
    }

    private void everyEventInEveryPhase() {
        JobDriver[] jobs = {
            new JobDriver(of(ELASTIC), edges),
            queued(of(ELASTIC)),
            queued(of(ELASTIC)).send(SUSPEND),
            queued(of(ELASTIC)).grant(),
            queued(of(ELASTIC)).grant().reserved(),
            running(of(ELASTIC)),
            running(of(ELASTIC)).send(resize(1)),
            running(of(worker(2).build())).exit("worker", 0, 137),
            running(of(ELASTIC)).send(SUSPEND),
            running(of(ELASTIC)).send(new JobEvent.Cancel("")),
            running(of(worker(1).build())).exit("worker", 0, 0),
            running(of(worker(1).build())).exit("worker", 0, 1),
            queued(of(ELASTIC)).send(new JobEvent.Cancel("")),
            queued(of(ELASTIC)).send(new JobEvent.Cancel("")).send(new JobEvent.Delete())
        };
        for (JobDriver job : jobs) {
            JobRecord record = job.record();
            for (JobEvent event : EveryEvent.of(record)) {
                edges.visit(record, event, JobStateMachine.apply(record, event, job.now()));
            }
        }
    }

    private void limits() {
        JobDriver preempted = queued(of(ELASTIC));
        for (int i = 0; i < 4; i++) {
            preempted.grant().send(PREEMPT);
        }
        UnaryOperator<RunPolicy.Builder> hour = policy -> policy.activeDeadline(Duration.ofHours(1));
        running(with(hour, ELASTIC)).wakeAfter(Duration.ofHours(1));
        running(with(hour, ELASTIC)).send(resize(1)).wakeAfter(Duration.ofHours(1));
        running(of(ELASTIC)).send(resize(3)).grant().wakeAtNextTimer();
        JobDriver watched = running(with(policy -> policy.progressTimeout(Duration.ofHours(1)), ELASTIC));
        watched.pass(Duration.ofMinutes(1))
                .send(new JobEvent.Progressed(watched.attempt().id()));
        watched.wakeAfter(Duration.ofHours(2));
        queued(with(hour, ELASTIC))
                .grant()
                .send(PREEMPT)
                .pass(Duration.ofMinutes(40))
                .grant()
                .wakeAfter(Duration.ofMinutes(20));
    }

    private void settleWindows() {
        for (JobEvent event : List.of(SUSPEND, PREEMPT)) {
            running(of(chief().build(), worker(1).build())).exit("chief", 0, 0).send(event);
            queued(of(chief().build(), worker(2).build()))
                    .grant()
                    .reserved()
                    .ready("worker", 0)
                    .exit("chief", 0, 0)
                    .send(event);
            JobDriver resizing = running(of(chief().build(), ELASTIC)).send(resize(1));
            resizing.exit("chief", 0, 0).send(event);
        }
        queued(of(chief().build(), worker(2).build()))
                .grant()
                .reserved()
                .ready("chief", 0)
                .exit("worker", 1, 137)
                .wakeAtNextTimer();
    }

    private void failedOrders() {
        for (FailureClass failure : List.of(FailureClass.INFRASTRUCTURE, FailureClass.CONFIGURATION)) {
            running(of(ELASTIC)).exit("worker", 1, 137).orderFailed(failure, "No");
            running(of(ELASTIC)).send(resize(3)).grant().orderFailed(failure, "No");
        }
        JobDriver held = queued(of(ELASTIC)).grant().reserved().send(SUSPEND);
        held.orderFailed(FailureClass.INFRASTRUCTURE, "No");
        JobDriver preempted = queued(of(ELASTIC)).grant().reserved().send(PREEMPT);
        preempted.orderFailed(FailureClass.INFRASTRUCTURE, "No");
        // Told to stop while a launch was on its way, which then failed; a server still lives.
        for (JobEvent event : List.of(SUSPEND, new JobEvent.Cancel(""))) {
            queued(of(server(1).build(), worker(1).startAfter(List.of("ps")).build()))
                    .grant()
                    .reserved()
                    .ready("ps", 0)
                    .send(event)
                    .orderFailed(FailureClass.INFRASTRUCTURE, "No")
                    .allStopped();
        }
        JobDriver cancelled = queued(of(ELASTIC)).grant().reserved().send(new JobEvent.Cancel(""));
        cancelled.orderFailed(FailureClass.INFRASTRUCTURE, "No");
        queued(of(server(2).build(), worker(1).startAfter(List.of("ps")).build()))
                .grant()
                .reserved()
                .ready("ps", 0)
                .ready("ps", 1)
                .exit("ps", 0, 137)
                .orderFailed(FailureClass.INFRASTRUCTURE, "No");
        // The chief is done while its worker was being replaced, and then that launch fails.
        JobDriver done = running(
                of(chief().build(), worker(1).restartScope(RestartScope.REPLICA).build()));
        done.exit("worker", 0, 137).exit("chief", 0, 0).orderFailed(FailureClass.INFRASTRUCTURE, "No");
    }

    private void resizes() {
        // Smaller while getting smaller.
        JobDriver twice = running(of(elastic(3, 1, 4).build())).send(resize(2)).send(resize(1));
        twice.exitAfterTerm(twice.replica("worker", 2).id()).reserved();
        // Smaller while a replacement is on its way.
        running(of(elastic(3, 1, 4).build()))
                .exit("worker", 0, 137)
                .send(resize(2))
                .ready("worker", 0);
        slackIsLost(137);
        slackIsLost(1);
        JobDriver larger = running(of(ELASTIC)).send(resize(3)).grant().reserved();
        larger.ready("worker", 2);
        for (int code : new int[] {1, 137}) {
            running(of(elastic(3, 2, 4).build())).send(resize(2)).exit("worker", 1, code);
        }
    }

    /** Of four members two must succeed; the gang minimum is no slack any more once only two are left. */
    private void slackIsLost(int code) {
        JobDriver job = running(tolerant(4, 2));
        job.exit("worker", 3, 1).exit("worker", 2, 0).exit("worker", 1, code);
        job.send(resize(2)).reserved();
    }

    private JobDriver queued(MLTrain train) {
        return new JobDriver(train, edges).send(new JobEvent.Accept());
    }

    private JobDriver running(MLTrain train) {
        return queued(train).grant().reserved().allReady();
    }

    private static MLTrain tolerant(int workers, int minimum) {
        return MLTrain.builder()
                .from(of(worker(workers).minReplicas(1).maxReplicas(4).build()))
                .scheduling(SchedulingWishes.builder().gangMinimum(minimum).build())
                .build();
    }
}
