package io.mlengine.backend.k8s.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.mlengine.backend.k8s.resource.RbacManifests;
import io.mlengine.build.testing.Machine;
import io.mlengine.core.document.ViolationText;
import io.mlengine.core.job.MLTrain;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The webhooks as users of a cluster meet them: asked by a real API server over TLS. */
class WebhookIT {
    private final WebhookCluster cluster = new WebhookCluster();

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void aJobThatIsNotValidIsRefusedInTheWordsOfValidate() {
        cluster.start();
        GenericKubernetesResource bad = WebhookCluster.resource(yaml("bad").replace("replicas: 2,", "replicas: 9,"));
        MLTrain job = TrainObject.of(Samples.yaml(yaml("bad").replace("replicas: 2,", "replicas: 9,")))
                .orElseThrow()
                .train()
                .orElseThrow();

        KubernetesClientException refused =
                refusal(() -> cluster.trains().resource(bad).create());

        assertThat(refused.getStatus().getMessage())
                .isEqualTo("admission webhook \"mutate-mltrain.mlengine.io\" denied the request: "
                        + ViolationText.of("bad", "nothing was started", Samples.ENGINE.apply(job)));
        assertThat(refused.getStatus().getDetails().getCauses())
                .extracting(StatusCause::getField)
                .containsExactly("spec.roles[1].maxReplicas");
        assertThat(refused.getCode()).isEqualTo(400);
    }

    @Test
    void kubectlShowsTheSameWordsEvenWhereTheSchemaWouldSpeak() throws Exception {
        Machine.needs("kubectl", Kubectl.isThere());
        cluster.start();

        String shown = Kubectl.refused(
                cluster.server.kubeconfig(),
                yaml("bad").replace("replicas: 2,", "replica: two, replicas: two,"),
                "create",
                "--validate=false",
                "-f",
                "-");

        assertThat(shown).contains("""
                bad is not valid: 2 problems, nothing was started

                1  spec.roles[1].replica   ML-412 unknown field
                       |   did you mean `replicas`?
                2  spec.roles[1].replicas  ML-420 wrong type
                       |   `two`: expected a whole number, this is a text
                """);
    }

    @Test
    void aValidJobIsStoredAsWrittenWithItsSubmitterAndOurFinalizer() {
        cluster.start();

        GenericKubernetesResource stored =
                cluster.trains().resource(cluster.train("good")).create();

        assertThat(stored.getMetadata().getAnnotations()).containsEntry("mlengine.io/user", "admin");
        assertThat(stored.getMetadata().getFinalizers()).containsExactly("mlengine.io/cleanup");
        assertThat(stored.<Integer>get("spec", "roles", 1, "replicas")).isEqualTo(2);
        assertThat(stored.<Object>get("spec", "roles", 1, "restartScope")).isNull();
    }

    @Test
    void applyingAgainOnTheServersSideChangesNothing() {
        cluster.start();
        PatchContext apply = new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager("ann")
                .build();

        GenericKubernetesResource first =
                cluster.trains().resource(cluster.train("applied")).patch(apply);
        GenericKubernetesResource second =
                cluster.trains().resource(cluster.train("applied")).patch(apply);

        assertThat(second.getMetadata().getGeneration()).isEqualTo(1);
        // Older servers note the time of each apply, to the second, and with it another version.
        for (GenericKubernetesResource applied : List.of(first, second)) {
            applied.getMetadata().setResourceVersion(null);
            applied.getMetadata().getManagedFields().forEach(entry -> entry.setTime(null));
        }
        assertThat(second).isEqualTo(first);
    }

    @Test
    void aJobIsFixedOnceAcceptedButForItsWishAndSize() {
        cluster.start();
        cluster.trains().resource(cluster.train("fixed")).create();

        assertThat(refusal(() -> merge("fixed", "{\"spec\":{\"queue\":\"other\"}}"))
                        .getStatus()
                        .getMessage())
                .contains("spec.queue  ML-433 cannot be changed", "was at its default, now `other`");
        assertThat(merge("fixed", "{\"spec\":{\"desired\":\"Suspend\",\"replicas\":4}}")
                        .<String>get("spec", "desired"))
                .isEqualTo("Suspend");
        assertThat(refusal(() -> merge("fixed", "{\"metadata\":{\"annotations\":{\"mlengine.io/user\":\"bob\"}}}"))
                        .getCode())
                .isEqualTo(403);
        assertThat(merge("fixed", "{\"metadata\":{\"labels\":{\"team\":\"a\"}}}")
                        .getMetadata()
                        .getLabels())
                .containsEntry("team", "a");
    }

    @Test
    void aJobIsScaledWithinItsBounds() {
        cluster.start();
        cluster.trains().resource(cluster.train("elastic")).create();
        GenericKubernetesResource rigid =
                WebhookCluster.resource(yaml("rigid").replace("minReplicas: 1, maxReplicas: 4,", ""));
        cluster.trains().resource(rigid).create();

        assertThat(scale("elastic", 4)).contains("\"replicas\":4");
        assertThat(refusal(() -> scale("elastic", 9)).getStatus().getMessage())
                .contains("validate-scale.mlengine.io", "spec.replicas", "role worker has from 1 to 4 replicas");
        assertThat(refusal(() -> scale("rigid", 3)).getStatus().getMessage())
                .contains("`replicas` sets the size of the only elastic role");
        assertThat(cluster.trains().withName("elastic").get().<Integer>get("spec", "replicas"))
                .isEqualTo(4);
    }

    private String scale(String name, int replicas) {
        String path = "/apis/mlengine.io/v1/namespaces/" + cluster.team + "/mltrains/" + name + "/scale";
        return cluster.client.raw(
                path,
                "PUT",
                Map.of(
                        "apiVersion",
                        "autoscaling/v1",
                        "kind",
                        "Scale",
                        "metadata",
                        Map.of("name", name, "namespace", cluster.team),
                        "spec",
                        Map.of("replicas", replicas)));
    }

    @Test
    void kubectlScalesAJobThatNamesNoSize() throws Exception {
        Machine.needs("kubectl", Kubectl.isThere());
        cluster.start();
        cluster.trains().resource(cluster.train("scaled")).create();

        String said = Kubectl.refused(
                cluster.server.kubeconfig(), "", "scale", "mltrain/scaled", "-n", cluster.team, "--replicas=9");

        assertThat(said).contains("role worker has from 1 to 4 replicas");
    }

    @Test
    void queuesMakeATreeAndAParentIsNotDeleted() {
        cluster.start();
        String parent = cluster.team + "-all";
        String child = cluster.team + "-vision";
        try {
            assertThat(refusal(() -> queue(child, "parent: " + parent))
                            .getStatus()
                            .getMessage())
                    .contains("validate-mlqueue.mlengine.io", "spec.parent", "there is no such queue", parent);
            queue(parent, "gpus: 8, maxPriority: 5");
            queue(child, "parent: " + parent + ", gpus: 16");

            assertThat(refusal(() -> queues().withName(parent)
                                    .patch(
                                            PatchContext.of(PatchType.JSON_MERGE),
                                            "{\"spec\":{\"parent\":\"" + child + "\"}}"))
                            .getStatus()
                            .getMessage())
                    .contains("the chain of parents never ends");
            assertThat(refusal(() -> queues().withName(parent).delete())
                            .getStatus()
                            .getMessage())
                    .contains("is the parent of " + child);
            assertThat(refusal(() -> inQueue("high", child, 6)).getStatus().getMessage())
                    .contains("spec.priority  ML-436 priority too high")
                    .contains("queue " + parent + ", which is above queue " + child + ", takes at most 5");
            assertThat(inQueue("low", child, 5)).isNotNull();
        } finally {
            queues().withName(child).delete();
            queues().withName(parent).delete();
        }
    }

    private NonNamespaceOperation<
                    GenericKubernetesResource, GenericKubernetesResourceList, Resource<GenericKubernetesResource>>
            queues() {
        return cluster.client.genericKubernetesResources("mlengine.io/v1", "MLQueue");
    }

    private void queue(String name, String spec) {
        queues().resource(WebhookCluster.resource("""
                        apiVersion: mlengine.io/v1
                        kind: MLQueue
                        metadata: {name: %s}
                        spec: {%s}
                        """.formatted(name, spec))).create();
    }

    private GenericKubernetesResource inQueue(String name, String queue, int priority) {
        GenericKubernetesResource job = cluster.train(name);
        Map<String, Object> spec = job.get("spec");
        spec.put("queue", queue);
        spec.put("priority", priority);
        return cluster.trains().resource(job).create();
    }

    @Test
    void aJobThatHasEndedStaysEnded() {
        cluster.start();
        GenericKubernetesResource job =
                cluster.trains().resource(cluster.train("ended")).create();
        job.setAdditionalProperty("status", Map.of("phase", "Failed"));
        cluster.trains().resource(job).updateStatus();

        assertThat(refusal(() -> merge("ended", "{\"spec\":{\"desired\":\"Run\"}}"))
                        .getStatus()
                        .getMessage())
                .contains("the job has ended (Failed), make another one");
        assertThat(merge("ended", "{\"metadata\":{\"finalizers\":null}}")
                        .getMetadata()
                        .getFinalizers())
                .isEmpty();
    }

    @Test
    void aQueueIsUsedByThoseWhoMayAndTheSubmitterIsWhoTheServerSays() {
        cluster.start();
        submitter("sue");
        try (KubernetesClient sue = cluster.server.clientOf(cluster.team, "sue")) {
            String user = "system:serviceaccount:" + cluster.team + ":sue";
            GenericKubernetesResource job = cluster.train("hers");
            job.getMetadata().setAnnotations(Map.of("mlengine.io/user", "admin"));

            assertThat(refusal(() -> sue.resource(job).create()).getStatus().getMessage())
                    .endsWith("user " + user + " may not use queue default, nothing was started: ask for the permission"
                            + " `use` on mlqueues.mlengine.io/default");

            grantQueue("sue");
            cluster.offset.set(Duration.ofSeconds(6));
            assertThat(sue.resource(job).create().getMetadata().getAnnotations())
                    .containsEntry("mlengine.io/user", user);
        }
    }

    @Test
    void aRoleBindingGrantsTheDefaultQueueInItsNamespaceOnly() {
        cluster.start();
        submitter("eve");
        RbacManifests.users().forEach(role -> cluster.client.resource(role).serverSideApply());
        cluster.client
                .resource(new RoleBindingBuilder()
                        .withNewMetadata()
                        .withName("editor")
                        .withNamespace(cluster.team)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "mlengine-editor")
                        .addNewSubject()
                        .withKind("ServiceAccount")
                        .withName("eve")
                        .withNamespace(cluster.team)
                        .endSubject()
                        .build())
                .create();
        try (KubernetesClient eve = cluster.server.clientOf(cluster.team, "eve")) {
            assertThat(eve.resource(cluster.train("editors"))
                            .create()
                            .getMetadata()
                            .getUid())
                    .isNotEmpty();
            GenericKubernetesResource elsewhere =
                    WebhookCluster.resource(yaml("research").replace("queue: default", "queue: research"));
            assertThat(refusal(() -> eve.resource(elsewhere).create())
                            .getStatus()
                            .getMessage())
                    .contains("may not use queue research");
        }
    }

    @Test
    void aPodOfOthersIsDecoratedWhereItAsks() {
        cluster.start();

        Pod pod = cluster.client.resource(cluster.pod(cluster.team, "foreign")).create();

        assertThat(pod.getSpec().getInitContainers())
                .singleElement()
                .satisfies(container -> assertThat(container.getImage()).isEqualTo("git-sync:v4"));
        assertThat(pod.getSpec().getContainers().get(0).getEnv())
                .extracting(variable -> variable.getName() + "=" + variable.getValue())
                .containsExactlyInAnyOrder(
                        "MODE=fast",
                        "MLENGINE_CODE_DIR=/mlengine/code/current",
                        "MLENGINE_INPUT_IMAGES=/mlengine/inputs/images");
        assertThat(pod.getSpec().getSchedulerName()).isEqualTo("mlengine");
        assertThat(pod.getMetadata().getLabels()).containsEntry("mlengine.io/gang", "bert");
    }

    @Test
    void podsWithoutOurLabelAndThoseOfSystemNamespacesAreLeftAlone() {
        cluster.start();
        Pod bare = cluster.pod(cluster.team, "bare");
        bare.getMetadata().setLabels(Map.of());

        for (Pod pod : List.of(bare, cluster.pod("kube-system", "webhook-it"), cluster.pod(cluster.own, "ours"))) {
            Pod stored = cluster.client.resource(pod).create();
            cluster.client.resource(stored).withGracePeriod(0).delete();

            assertThat(stored.getSpec().getInitContainers()).isEmpty();
            assertThat(stored.getSpec().getContainers().get(0).getEnv()).isEmpty();
            assertThat(stored.getSpec().getSchedulerName()).isEqualTo("default-scheduler");
        }
    }

    @Test
    void whileTheServerIsDownJobsAreRefusedAndPodsStartUnhindered() {
        cluster.start().close();

        assertThatThrownBy(
                        () -> cluster.trains().resource(cluster.train("lost")).create())
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("failed calling webhook");
        Pod labelled =
                cluster.client.resource(cluster.pod(cluster.team, "labelled")).create();
        Pod bare = cluster.pod(cluster.team, "bare");
        bare.getMetadata().setLabels(Map.of());

        assertThat(labelled.getSpec().getInitContainers()).isEmpty();
        assertThat(cluster.client.resource(bare).create().getMetadata().getUid())
                .isNotEmpty();
    }

    private GenericKubernetesResource merge(String name, String patch) {
        return cluster.trains().withName(name).patch(PatchContext.of(PatchType.JSON_MERGE), patch);
    }

    private String yaml(String name) {
        return Samples.TRAIN
                .replace("name: bert", "name: " + name)
                .replace("team-a, annotations: {mlengine.io/user: ann}", cluster.team)
                .replace("queue: research", "queue: default");
    }

    private static KubernetesClientException refusal(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(KubernetesClientException.class, call);
    }

    private void submitter(String name) {
        cluster.client
                .resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(cluster.team)
                        .endMetadata()
                        .build())
                .create();
        cluster.client
                .resource(new ClusterRoleBuilder()
                        .withNewMetadata()
                        .withName(cluster.team + "-submit")
                        .endMetadata()
                        .addNewRule()
                        .withApiGroups("mlengine.io")
                        .withResources("mltrains")
                        .withVerbs("create", "patch", "get")
                        .endRule()
                        .build())
                .create();
        cluster.client
                .resource(new RoleBindingBuilder()
                        .withNewMetadata()
                        .withName("submit")
                        .withNamespace(cluster.team)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", cluster.team + "-submit")
                        .addNewSubject()
                        .withKind("ServiceAccount")
                        .withName(name)
                        .withNamespace(cluster.team)
                        .endSubject()
                        .build())
                .create();
    }

    @Test
    void whoTakesBackItsRegistrationLeavesThatOfAnother() {
        try (Webhooks first = cluster.start()) {
            Webhooks second = cluster.start();

            first.unregister();
            assertThat(registered())
                    .containsOnly("https://127.0.0.1:" + second.port() + WebhookConfigurations.MUTATE_MLTRAIN);
            second.unregister();
            assertThat(registered()).isEmpty();
        }
    }

    @Test
    void whatAManifestHasRegisteredIsNotTakenOver() {
        WebhookConfigurations ofManifest = new WebhookConfigurations(
                cluster.settings().outsideHost(Optional.empty()).build(), Optional.empty());
        cluster.client.resource(ofManifest.mutating()).create();
        try {
            assertThatThrownBy(cluster::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(
                            "MutatingWebhookConfiguration mlengine sends the API server to the service " + cluster.own
                                    + "/mlengine-webhook. Maybe a manifest or chart has installed a controller in the cluster: give"
                                    + " this one no webhooks, or end that one and run `kubectl delete"
                                    + " mutatingwebhookconfiguration,validatingwebhookconfiguration mlengine`");
            assertThat(cluster.client.resource(ofManifest.mutating()).get().getWebhooks())
                    .isNotEmpty()
                    .allSatisfy(hook ->
                            assertThat(hook.getClientConfig().getCaBundle()).isNull());
        } finally {
            cluster.client.resource(ofManifest.mutating()).delete();
        }
    }

    /** Where the API server asks about new jobs. */
    private List<String> registered() {
        return cluster.client.admissionRegistration().v1().mutatingWebhookConfigurations().list().getItems().stream()
                .filter(one -> one.getMetadata().getName().equals("mlengine"))
                .map(one -> one.getWebhooks().get(0).getClientConfig().getUrl())
                .toList();
    }

    private void grantQueue(String name) {
        cluster.client
                .resource(new ClusterRoleBuilder()
                        .withNewMetadata()
                        .withName(cluster.team + "-queue")
                        .endMetadata()
                        .addNewRule()
                        .withApiGroups("mlengine.io")
                        .withResources("mlqueues")
                        .withResourceNames("default")
                        .withVerbs("use")
                        .endRule()
                        .build())
                .create();
        cluster.client
                .resource(new ClusterRoleBindingBuilder()
                        .withNewMetadata()
                        .withName(cluster.team + "-queue")
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", cluster.team + "-queue")
                        .addNewSubject()
                        .withKind("ServiceAccount")
                        .withName(name)
                        .withNamespace(cluster.team)
                        .endSubject()
                        .build())
                .create();
    }
}
