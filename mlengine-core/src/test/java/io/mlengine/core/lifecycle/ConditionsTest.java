package io.mlengine.core.lifecycle;

import static io.mlengine.core.lifecycle.Jobs.elastic;
import static io.mlengine.core.lifecycle.Jobs.of;
import static io.mlengine.core.lifecycle.Jobs.workers;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.job.Condition;
import io.mlengine.core.job.Condition.Type;
import io.mlengine.core.job.Conditions;
import io.mlengine.core.job.JobRecord;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConditionsTest {
    @Test
    void runningJobIsCreatedAndRunning() {
        JobDriver job = JobDriver.queued(workers(1))
                .pass(Duration.ofMinutes(1))
                .grant()
                .reserved()
                .allReady();

        assertThat(trueOnes(job.record())).containsExactly(Type.CREATED, Type.RUNNING);
        assertThat(find(job, Type.RUNNING).reason()).isEqualTo(Reason.ALL_READY);
        assertThat(find(job, Type.RUNNING).lastTransitionTime()).isEqualTo(job.now());
        assertThat(find(job, Type.RUNNING).status()).isEqualTo("True");
        assertThat(find(job, Type.QUEUED).status()).isEqualTo("False");
        assertThat(find(job, Type.CREATED).lastTransitionTime()).isEqualTo(JobDriver.BEGINNING);
    }

    @Test
    void restartingJobIsNotRunning() {
        JobDriver job = JobDriver.running(workers(2)).exit("worker", 0, 137);

        assertThat(trueOnes(job.record())).containsExactly(Type.CREATED, Type.RESTARTING);
        assertThat(trueOnes(job.allStopped().record())).containsExactly(Type.CREATED, Type.QUEUED);
    }

    @Test
    void endedJobHasOneEnd() {
        JobDriver succeeded = JobDriver.running(workers(1)).exit("worker", 0, 0);
        JobDriver failed = JobDriver.running(workers(1)).exit("worker", 0, 1);
        JobDriver cancelled = JobDriver.queued(workers(1)).send(new JobEvent.Cancel("enough"));

        assertThat(trueOnes(succeeded.record())).containsExactly(Type.CREATED, Type.SUCCEEDED);
        assertThat(trueOnes(failed.record())).containsExactly(Type.CREATED, Type.FAILED);
        assertThat(trueOnes(cancelled.record())).containsExactly(Type.CREATED, Type.FAILED);
        assertThat(find(cancelled, Type.FAILED).reason()).isEqualTo(Reason.CANCELLED);
        assertThat(find(failed, Type.FAILED).message()).isEqualTo("worker-0 ended with exit 1");
    }

    @Test
    void endStaysWhileTheJobIsRemovedAndKeepsItsTime() {
        JobDriver job = JobDriver.running(workers(1)).exit("worker", 0, 0);
        var end = find(job, Type.SUCCEEDED).lastTransitionTime();

        job.pass(Duration.ofDays(1)).send(new JobEvent.Delete());

        assertThat(trueOnes(job.record())).containsExactly(Type.CREATED, Type.SUCCEEDED);
        assertThat(find(job, Type.SUCCEEDED).lastTransitionTime()).isEqualTo(end);
    }

    @Test
    void suspendedJobIsSuspended() {
        JobDriver job = JobDriver.queued(workers(1)).send(new JobEvent.Suspend());

        assertThat(trueOnes(job.record())).containsExactly(Type.CREATED, Type.SUSPENDED);
    }

    @Test
    void jobThatRunsWithoutAMemberIsDegraded() {
        JobDriver job = JobDriver.running(of(elastic(3, 2, 4).build())).exit("worker", 2, 137);

        assertThat(find(job, Type.RUNNING).isTrue()).isTrue();
        assertThat(find(job, Type.RUNNING).reason()).isEqualTo("Degraded");
        assertThat(find(job, Type.RUNNING).message()).isEqualTo("2 of 3 replicas are ready");
    }

    @Test
    void everyReasonIsAWord() {
        JobDriver job = JobDriver.running(workers(1));

        assertThat(Conditions.of(job.record()))
                .allSatisfy(condition -> assertThat(condition.reason()).matches("[A-Za-z]+"));
    }

    private static List<Type> trueOnes(JobRecord record) {
        return Conditions.of(record).stream()
                .filter(Condition::isTrue)
                .map(Condition::type)
                .toList();
    }

    private static Condition find(JobDriver job, Type type) {
        return Conditions.of(job.record()).get(type.ordinal());
    }
}
