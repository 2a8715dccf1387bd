package io.mlengine.backend.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.dsl.Resource;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.backend.k8s.resource.MLQueueResource;
import io.mlengine.backend.k8s.resource.MLQueueSpec;
import io.mlengine.backend.k8s.resource.MLQueueStatus;
import io.mlengine.backend.k8s.resource.MLQueues;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.backend.k8s.testing.Kubectl;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.backend.k8s.testing.PodScript;
import io.mlengine.core.queue.QueueConfig;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What people see of queues, on a real API server. */
@Timeout(240)
class QueueStatusIT {
    private final KubernetesServer server = KubernetesServer.shared();
    private final JobsFixture jobs = new JobsFixture(server, pod -> PodScript.runsUntilDeleted());
    private final String all = jobs.namespace + "-all";
    private final String team = jobs.namespace + "-team";

    @BeforeEach
    void createQueues() {
        jobs.client
                .resource(MLQueues.resource(QueueConfig.named(all).gpus(8).build()))
                .create();
        jobs.client
                .resource(MLQueues.resource(
                        QueueConfig.named(team).parent(all).gpus(3).build()))
                .create();
        jobs.nodes.add(2, 4);
    }

    @AfterEach
    void end() {
        jobs.close();
        queue(team).delete();
        queue(all).delete();
    }

    private Resource<MLQueueResource> queue(String name) {
        return jobs.client.resources(MLQueueResource.class).withName(name);
    }

    private MLQueueStatus await(String name, String what, Predicate<MLQueueStatus> condition) {
        AtomicReference<@Nullable Object> seen = new AtomicReference<>();
        return Await.until(name + " " + what, seen::get, () -> {
            MLQueueStatus status = queue(name).get().getStatus();
            seen.set(status);
            return Optional.ofNullable(status).filter(condition);
        });
    }

    private void succeed(String job) {
        jobs.await(job, "Running");
        jobs.succeed(job);
    }

    private static Predicate<MLQueueStatus> figures(long running, long waiting, long gpus) {
        return status -> status.equals(MLQueueStatus.builder()
                .from(status)
                .running(running)
                .waiting(waiting)
                .gpus(gpus)
                .build());
    }

    @Test
    void theStatusFollowsTheJobsAndTheNextOperatorGoesOn() {
        jobs.startOperator();
        await(team, "holds nothing", figures(0, 0, 0));

        jobs.apply(jobs.train("first", 2).queue(team));
        jobs.apply(jobs.train("second", 2).queue(team));
        jobs.apply(jobs.train("above", 1).queue(all));
        await(team, "one runs, one waits", figures(1, 1, 2));
        MLQueueStatus above = await(all, "counts those below it", figures(2, 1, 3));
        assertThat(above.observedGeneration()).isEqualTo(1);

        Kubectl.Result shown = Kubectl.of(server).run("get", "mlqueues", team);
        List<String> lines = shown.out().lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0).split("\\s{2,}"))
                .startsWith("NAME", "PARENT", "RUNNING", "WAITING", "GPUS", "GPU LIMIT");
        assertThat(lines.get(1).split("\\s+")).startsWith(team, all, "1", "1", "2", "3");

        succeed("first");
        await(team, "the other one runs", figures(1, 0, 2));
        succeed("second");
        await(team, "holds nothing", figures(0, 0, 0));
        await(all, "holds what is left", figures(1, 0, 1));
        succeed("above");
        await(all, "holds nothing", figures(0, 0, 0));
    }

    @Test
    void aChangedLimitIsObservedAndWhatOthersWriteIsNotFoughtOver() {
        jobs.startOperator();
        await(team, "is there", figures(0, 0, 0));
        queue(team).edit(object -> {
            object.setSpec(MLQueueSpec.builder().from(object.getSpec()).gpus(4L).build());
            return object;
        });
        await(team, "is observed", status -> Long.valueOf(2).equals(status.observedGeneration()));

        queue(team).editStatus(object -> {
            object.setStatus(
                    MLQueueStatus.builder().from(object.getStatus()).waiting(7L).build());
            return object;
        });
        jobs.apply(jobs.train("digits", 1).queue(all));
        await(all, "runs it", figures(1, 0, 1));
        assertThat(queue(team).get().getStatus().waiting()).isEqualTo(7);

        jobs.apply(jobs.train("letters", 1).queue(team));
        await(team, "has news of its own", figures(1, 0, 1));
        assertThat(queue(team).get().getMetadata().getManagedFields())
                .filteredOn(fields -> Labels.MANAGER.equals(fields.getManager()))
                .singleElement()
                .satisfies(fields -> {
                    assertThat(fields.getOperation()).isEqualTo("Apply");
                    assertThat(fields.getFieldsV1().getAdditionalProperties()).containsOnlyKeys("f:status");
                });
        succeed("digits");
        succeed("letters");
        await(all, "holds nothing", figures(0, 0, 0));
    }
}
