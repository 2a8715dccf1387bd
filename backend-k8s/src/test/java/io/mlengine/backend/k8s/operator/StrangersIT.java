package io.mlengine.backend.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.mlengine.backend.k8s.resource.MLTrainStatus;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.backend.k8s.testing.PodScript;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Retries;
import io.mlengine.core.job.RunPolicy;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What others do to a job's objects while it goes through: the job goes on or says why it does not. */
@Timeout(180)
class StrangersIT {
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    private final KubernetesServer server = KubernetesServer.shared().needsControllers();
    private final JobsFixture jobs = new JobsFixture(server, StrangersIT::script);

    private static PodScript script(Pod pod) {
        return pod.getMetadata().getName().startsWith("small")
                ? PodScript.exits(0).after(Duration.ofMillis(300))
                : PodScript.runsUntilDeleted().ignoringTerm();
    }

    @BeforeEach
    void start() {
        jobs.nodes.add(1, 8);
        jobs.startOperator();
    }

    @AfterEach
    void end() {
        jobs.close();
    }

    private void patch(String name, String json) {
        jobs.object(name).patch(MERGE, json);
    }

    private void patchStatus(String name, String json) {
        jobs.object(name).subresource("status").patch(MERGE, "{\"status\":" + json + "}");
    }

    private List<String> uids(String job) {
        return jobs.pods(job).stream()
                .map(pod -> pod.getMetadata().getUid())
                .sorted()
                .toList();
    }

    @Test
    void othersWriteAnnotationsAllTheTime() {
        List<String> names = IntStream.range(0, 4).mapToObj(i -> "small-" + i).toList();
        names.forEach(name -> jobs.apply(jobs.train(name, 2)));
        AtomicBoolean isOver = new AtomicBoolean();
        CompletableFuture<Integer> writer = CompletableFuture.supplyAsync(() -> {
            int writes = 0;
            for (; !isOver.get(); writes++) {
                patch(names.get(writes % 4), "{\"metadata\":{\"annotations\":{\"who\":\"" + writes + "\"}}}");
            }
            return writes;
        });
        try {
            names.forEach(
                    name -> assertThat(jobs.await(name, "Succeeded").attempt()).isEqualTo(1));
        } finally {
            isOver.set(true);
        }
        assertThat(writer.join()).isGreaterThan(10);
        jobs.assertNoDoublePod();
    }

    @Test
    void aStatusThatSomebodyHasOverwrittenIsMendedByTheNextWrite() {
        jobs.apply(jobs.train("digits", 2));
        MLTrainStatus before = jobs.await("digits", "Running");

        patchStatus("digits", "{\"phase\":\"Failed\",\"message\":\"mine\",\"conditions\":[],\"attempt\":7}");
        jobs.succeed("digits");

        MLTrainStatus end = jobs.await("digits", "Succeeded");
        assertThat(end.attempt()).isEqualTo(1);
        assertThat(end.message()).isNotEqualTo("mine");
        assertThat(end.startedAt()).isEqualTo(before.startedAt());
        jobs.assertNoDoublePod();
    }

    @Test
    void aRecordThatSomebodyHasWipedOutDoublesNoPod() {
        jobs.apply(jobs.train("digits", 2));
        jobs.await("digits", "Running");
        List<String> pods = uids("digits");

        patchStatus("digits", "{\"phase\":null,\"record\":null,\"recordVersion\":null}");
        jobs.succeed("digits");

        jobs.await("digits", "Succeeded");
        assertThat(uids("digits")).isEqualTo(pods);
        jobs.assertNoDoublePod();
    }

    @Test
    void aRecordThatSomebodyHasBrokenHoldsUpItsOwnJobOnly() {
        jobs.apply(jobs.train("digits", 2));
        jobs.await("digits", "Running");
        List<String> pods = uids("digits");

        patchStatus("digits", "{\"record\":\"{\",\"recordVersion\":null}");
        jobs.succeed("digits");
        jobs.await(
                "digits",
                "says so",
                status ->
                        status.conditions().stream().anyMatch(condition -> "RecordReadable".equals(condition.type())));
        jobs.apply(jobs.train("small-1", 2));

        jobs.await("small-1", "Succeeded");
        assertThat(jobs.object("digits").get().getStatus().record()).isEqualTo("{");
        assertThat(uids("digits")).isEqualTo(pods);
        jobs.assertNoDoublePod();
    }

    @Test
    void aStrangersPodWithTheNameOfOursFailsTheJobClearlyAndStays() {
        Pod stranger = jobs.client
                .resource(new PodBuilder()
                        .withNewMetadata()
                        .withName("digits-worker-1-a1")
                        .withNamespace(jobs.namespace)
                        .endMetadata()
                        .withNewSpec()
                        .withSchedulerName("nobody")
                        .addNewContainer()
                        .withName("main")
                        .withImage("localhost/other:1")
                        .endContainer()
                        .endSpec()
                        .build())
                .create();

        jobs.apply(jobs.train("digits", 4));

        MLTrainStatus end = jobs.await("digits", "Failed");
        assertThat(end.reason()).isEqualTo("NameTaken");
        assertThat(end.message()).contains("digits-worker-1-a1", "belongs to somebody else");
        assertThat(jobs.client.resource(stranger).get().getMetadata().getUid())
                .isEqualTo(stranger.getMetadata().getUid());
        Await.until("ours are gone", () -> jobs.pods("digits").isEmpty());
    }

    @Test
    void aPodThatSaysThatItIsAReplicaIsNone() {
        jobs.apply(jobs.train("digits", 2));
        jobs.await("digits", "Running");
        Pod ours = jobs.pods("digits").get(0);
        String elsewhere = jobs.server.newNamespace();
        List<Pod> liars = Stream.of(jobs.namespace + " digits-worker-7-a1", elsewhere + " digits-worker-0-a1")
                .map(place -> place.split(" "))
                .map(place -> jobs.client
                        .resource(new PodBuilder()
                                .withNewMetadata()
                                .withNamespace(place[0])
                                .withName(place[1])
                                .withLabels(ours.getMetadata().getLabels())
                                .endMetadata()
                                .withNewSpec()
                                .withSchedulerName("nobody")
                                .addNewContainer()
                                .withName("main")
                                .withImage("localhost/other:1")
                                .endContainer()
                                .endSpec()
                                .build())
                        .create())
                .toList();
        liars.forEach(pod ->
                jobs.client.resource(pod).subresource("status").patch(MERGE, "{\"status\":{\"phase\":\"Failed\"}}"));

        jobs.succeed("digits");

        assertThat(jobs.await("digits", "Succeeded").attempt()).isEqualTo(1);
        assertThat(jobs.client.resource(liars.get(1)).get().getMetadata().getDeletionTimestamp())
                .isNull();
    }

    @Test
    void aSecretOfOthersStaysHoweverAJobIsNamed() {
        Secret theirs = jobs.client
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("digits-a1-secret")
                        .withNamespace(jobs.namespace)
                        .endMetadata()
                        .build())
                .create();

        jobs.apply(jobs.train("digits", 1));
        jobs.await("digits", "Running");
        jobs.succeed("digits");
        jobs.await("digits", "Succeeded");
        jobs.remove("digits");

        assertThat(jobs.client.resource(theirs).get().getMetadata().getUid())
                .isEqualTo(theirs.getMetadata().getUid());
    }

    @Test
    void aJobBeyondTheQuotaSaysSoAndRunsWhenTheQuotaIsRaised() {
        quota("1");
        jobs.apply(jobs.train("digits", 2)
                .runPolicy(RunPolicy.builder()
                        .retries(new Retries(0, 0, OptionalInt.of(0)))
                        .stopGrace(Duration.ofSeconds(1))
                        .build()));

        MLTrainStatus waits = jobs.await(
                "digits",
                "waits a second time",
                status -> Integer.valueOf(2).equals(status.attempt()) && status.waiting() != null);
        assertThat(waits.phase()).isEqualTo("Queued");
        assertThat(waits.reason()).isEqualTo("QuotaExceeded");
        assertThat(waits.message())
                .contains("exceeded quota: gpus, requested: requests.nvidia.com/gpu=1,")
                .contains("limited: requests.nvidia.com/gpu=1");

        quota("4");
        jobs.await("digits", "Running");
        assertThat(jobs.ledger.alive("digits")).isEqualTo(2);
        jobs.assertNoDoublePod();
    }

    @Test
    void nobodyIsStoppedAgainForAJobThatAQuotaRefuses() {
        quota("memory", "requests.memory", "512Mi");
        jobs.apply(withMemory("low", 8, 1 << 20).priority(0));
        jobs.await("low", "Running");

        jobs.apply(withMemory("high", 1, 1 << 30).priority(10));
        MLTrainStatus waits = jobs.await(
                "high",
                "asks again in vain",
                status -> status.waiting() != null
                        && String.valueOf(status.waiting().message()).contains("nobody is stopped for it"));
        assertThat(waits.attempt()).isEqualTo(1);
        assertThat(waits.message()).contains("held by", "exceeded quota: memory");
        assertThat(jobs.await("low", "Running").attempt()).isEqualTo(2);

        quota("memory", "requests.memory", "4Gi");
        patch("high", "{\"spec\":{\"desired\":\"Suspend\"}}");
        jobs.await("high", "Suspended");
        patch("high", "{\"spec\":{\"desired\":\"Run\"}}");
        jobs.await("high", "Running");
        jobs.assertNoDoublePod();
    }

    private MLTrain.Builder withMemory(String name, int workers, long bytes) {
        MLTrain train = jobs.train(name, workers).build();
        Role role = train.roles().get(0);
        return MLTrain.builder()
                .from(train)
                .roles(List.of(Role.builder()
                        .from(role)
                        .resources(Resources.builder()
                                .from(role.resources())
                                .memoryBytes(bytes)
                                .build())
                        .build()));
    }

    private void quota(String gpus) {
        quota("gpus", "requests.nvidia.com/gpu", gpus);
    }

    private void quota(String name, String what, String most) {
        Map<String, Quantity> hard = Map.of(what, new Quantity(most));
        ResourceQuota quota = new ResourceQuotaBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(jobs.namespace)
                .endMetadata()
                .withNewSpec()
                .withHard(hard)
                .endSpec()
                .build();
        jobs.client.resource(quota).serverSideApply();
        Await.until(
                "the quota is counted",
                () -> hard.equals(jobs.client.resource(quota).get().getStatus().getHard()));
    }

    @Test
    void aJobThatNoWebhookLookedAtIsRejectedInItsStatusAndJudgedAgainWhenItChanges() {
        jobs.apply(jobs.train("digits", 2).framework("nosuch"));

        MLTrainStatus rejected = jobs.await("digits", "Rejected");
        assertThat(rejected.reason()).isEqualTo("Invalid");
        assertThat(rejected.message()).contains("nosuch");
        assertThat(jobs.pods("digits")).isEmpty();

        patch("digits", "{\"spec\":{\"framework\":\"plain\"}}");
        jobs.await("digits", "Running");
        jobs.assertNoDoublePod();
    }

    @Test
    void anObjectThatIsTornAwayTakesItsPodsAlongAndTheNextOfItsNameWaitsForThem() {
        jobs.apply(jobs.train("digits", 2));
        jobs.await("digits", "Running");
        List<String> before = uids("digits");

        patch("digits", "{\"metadata\":{\"finalizers\":null}}");
        jobs.object("digits").delete();
        Await.until("the object is gone", () -> jobs.object("digits").get() == null);
        jobs.apply(jobs.train("digits", 3));

        assertThat(jobs.await("digits", "Running").attempt()).isEqualTo(1);
        Await.until("the pods of the first are gone", () -> jobs.pods("digits").size() == 3);
        assertThat(uids("digits")).doesNotContainAnyElementsOf(before);
        jobs.assertNoDoublePod();
        // All eight devices are free again, but for the three that run.
        jobs.apply(jobs.train("rest", 5));
        jobs.await("rest", "Running");
        assertThat(jobs.await("digits", "Running").attempt())
                .as("nobody took it for the first")
                .isEqualTo(1);
    }
}
