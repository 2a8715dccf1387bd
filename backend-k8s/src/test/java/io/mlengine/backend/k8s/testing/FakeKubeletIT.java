package io.mlengine.backend.k8s.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.lang.Thread.UncaughtExceptionHandler;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FakeKubeletIT {
    private final KubernetesServer server = KubernetesServer.shared();
    private final String namespace = server.newNamespace();
    private final FakeNodes nodes = new FakeNodes(server.client());
    private final String node = nodes.add(1, 8).get(0);
    private final Map<String, PodScript> scripts = new ConcurrentHashMap<>();
    private final FakeKubelet kubelet = FakeKubelet.start(
            server, nodes, pod -> scripts.getOrDefault(pod.getMetadata().getName(), PodScript.runsUntilDeleted()));

    @AfterEach
    void close() {
        kubelet.close();
        nodes.close();
    }

    @Test
    void aNodeIsReadyForPods() {
        assertThat(server.client().nodes().withName(node).get())
                .satisfies(found -> assertThat(found.getSpec().getTaints()).isEmpty())
                .satisfies(found ->
                        assertThat(found.getStatus().getAllocatable()).containsEntry(FakeNodes.GPU, new Quantity("8")));
    }

    @Test
    void aPodRunsAndSucceeds() {
        bind("p", PodScript.runsUntilDeleted());

        Pod running = await("p", pod -> pod.getStatus().getPhase().equals("Running"));
        assertThat(running.getStatus().getPodIP()).startsWith("10.");
        assertThat(running.getStatus().getConditions())
                .filteredOn(condition -> condition.getStatus().equals("True"))
                .extracting("type")
                .containsExactlyInAnyOrder("PodScheduled", "Initialized", "Ready", "ContainersReady");
        assertThat(main(running).getState().getRunning().getStartedAt()).isNotEmpty();

        kubelet.end(namespace, "p", PodEnd.exit(0));

        Pod ended = await("p", pod -> pod.getStatus().getPhase().equals("Succeeded"));
        assertThat(main(ended).getState().getTerminated())
                .satisfies(end -> assertThat(end.getExitCode()).isZero())
                .satisfies(end -> assertThat(end.getReason()).isEqualTo("Completed"))
                .satisfies(end -> assertThat(end.getStartedAt())
                        .isEqualTo(main(running).getState().getRunning().getStartedAt()));
        assertThat(ended.getStatus().getPodIP()).isEqualTo(running.getStatus().getPodIP());
    }

    @Test
    void failuresLookLikeTheirCauses() {
        bind("exit", PodScript.exits(3));
        bind("memory", PodScript.ends(PodEnd.outOfMemory()));
        bind("signal", PodScript.ends(PodEnd.signal(11)));
        bind("evicted", PodScript.ends(PodEnd.evicted()));
        bind("refused", PodScript.starts(PodScript.Start.REFUSED));

        assertThat(exit(awaitFailed("exit"))).isEqualTo("3 Error");
        assertThat(exit(awaitFailed("memory"))).isEqualTo("137 OOMKilled");
        assertThat(exit(awaitFailed("signal"))).isEqualTo("139 Error");
        assertThat(awaitFailed("evicted").getStatus().getReason()).isEqualTo("Evicted");
        assertThat(awaitFailed("refused").getStatus().getReason()).isEqualTo("UnexpectedAdmissionError");
    }

    @Test
    void anImageThatCannotBePulledKeepsThePodPending() {
        bind("p", PodScript.starts(PodScript.Start.IMAGE_PULL_FAILS));

        Pod pod = await("p", found -> waitsFor(found, "ImagePullBackOff"));

        assertThat(pod.getStatus().getPhase()).isEqualTo("Pending");
    }

    @Test
    void initContainersComeFirst() {
        UnaryOperator<PodBuilder> init = pod -> pod.editSpec()
                .addNewInitContainer()
                .withName("code")
                .withImage("none")
                .endInitContainer()
                .endSpec();
        bind("works", PodScript.runsUntilDeleted(), init);
        bind("fails", PodScript.starts(PodScript.Start.INIT_FAILS), init);

        await("works", pod -> pod.getStatus().getPhase().equals("Running"));
        Pod failed = awaitFailed("fails");
        assertThat(failed.getStatus()
                        .getInitContainerStatuses()
                        .get(0)
                        .getState()
                        .getTerminated()
                        .getExitCode())
                .isEqualTo(1);
        assertThat(waitsFor(failed, "PodInitializing")).isTrue();
    }

    @Test
    void aSideContainerKeepsThePodRunning() {
        bind(
                "p",
                PodScript.exits(0),
                pod -> pod.editSpec()
                        .addNewContainer()
                        .withName("side")
                        .withImage("none")
                        .endContainer()
                        .endSpec());

        Pod pod = await("p", FakeKubeletIT::isEnded);

        assertThat(pod.getStatus().getPhase()).isEqualTo("Running");
    }

    @Test
    void aDeletedPodEndsAndIsRemoved() {
        // The finalizer keeps the pod to be looked at.
        bind(
                "p",
                PodScript.runsUntilDeleted(),
                pod -> pod.editMetadata().addToFinalizers("mlengine.io/test").endMetadata());
        await("p", pod -> pod.getStatus().getPhase().equals("Running"));

        server.client().pods().inNamespace(namespace).withName("p").delete();

        Pod removed = await(
                "p",
                pod -> pod.getMetadata().getDeletionTimestamp() != null
                        && pod.getMetadata().getDeletionGracePeriodSeconds() == 0);
        assertThat(exit(removed)).isEqualTo("143 Error");
        server.client()
                .pods()
                .inNamespace(namespace)
                .withName("p")
                .edit(pod -> new PodBuilder(pod)
                        .editMetadata()
                        .withFinalizers()
                        .endMetadata()
                        .build());
        awaitGone("p");
    }

    @Test
    void aPodThatIgnoresTheSignalIsKilledAfterItsGrace() {
        bind("p", PodScript.runsUntilDeleted().ignoringTerm());
        await("p", pod -> pod.getStatus().getPhase().equals("Running"));
        long start = System.nanoTime();

        server.client()
                .pods()
                .inNamespace(namespace)
                .withName("p")
                .withGracePeriod(1)
                .delete();

        awaitGone("p");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void podsOfALostNodeStayUntilItIsBack() {
        bind("other", PodScript.runsUntilDeleted());
        await("other", FakeKubeletIT::isReady);
        bind("p", PodScript.runsUntilDeleted());
        await("p", pod -> pod.getStatus().getPhase().equals("Running"));
        kubelet.die(node);
        nodes.markLost(node);

        assertThat(isReady(pod("other"))).isFalse();
        server.client().pods().inNamespace(namespace).withName("p").delete();

        assertThat(pod("p").getMetadata().getDeletionTimestamp()).isNotNull();
        assertThat(server.client().nodes().withName(node).get().getSpec().getTaints())
                .extracting("effect")
                .containsExactlyInAnyOrder("NoSchedule", "NoExecute");
        bind("later", PodScript.exits(0));

        nodes.markReady(node);
        kubelet.revive(node);

        awaitGone("p");
        await("other", FakeKubeletIT::isReady);
        await("later", pod -> pod.getStatus().getPhase().equals("Succeeded"));
    }

    @Test
    void aRestartOfTheApiServerLosesNothing() {
        bind("p", PodScript.exits(0).after(Duration.ofMillis(500)));

        server.restartApiServer();

        await("p", pod -> pod.getStatus().getPhase().equals("Succeeded"));
    }

    @Test
    void oneThatIsClosedAmidItsWorkStopsWithoutAWord() {
        List<Throwable> thrown = new CopyOnWriteArrayList<>();
        UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, error) -> thrown.add(error));
        try {
            for (int i = 0; i < 8; i++) {
                bind("p" + i, PodScript.runsUntilDeleted());
            }
            await("p0", pod -> pod.getStatus().getPhase().equals("Running"));
            kubelet.close();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        assertThat(thrown).isEmpty();
    }

    private void bind(String name, PodScript script) {
        bind(name, script, pod -> pod);
    }

    private void bind(String name, PodScript script, UnaryOperator<PodBuilder> settings) {
        scripts.put(name, script);
        PodBuilder pod = new PodBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withSchedulerName("none")
                .withRestartPolicy("Never")
                .addNewContainer()
                .withName("main")
                .withImage("none")
                .endContainer()
                .endSpec();
        nodes.bind(server.client().resource(settings.apply(pod).build()).create(), node);
    }

    private Pod pod(String name) {
        return server.client().pods().inNamespace(namespace).withName(name).get();
    }

    private Pod await(String name, Predicate<Pod> condition) {
        return Await.until("pod " + name, () -> Optional.ofNullable(pod(name)).filter(condition));
    }

    private Pod awaitFailed(String name) {
        return await(name, pod -> pod.getStatus().getPhase().equals("Failed"));
    }

    private void awaitGone(String name) {
        Await.until("pod " + name + " is gone", () -> pod(name) == null);
    }

    private static boolean isReady(Pod pod) {
        return pod.getStatus().getConditions().stream()
                .anyMatch(condition -> condition.getType().equals("Ready")
                        && condition.getStatus().equals("True"));
    }

    private static boolean isEnded(Pod pod) {
        return state(pod).map(ContainerState::getTerminated).isPresent();
    }

    private static boolean waitsFor(Pod pod, String reason) {
        return state(pod)
                .map(ContainerState::getWaiting)
                .filter(waiting -> waiting.getReason().equals(reason))
                .isPresent();
    }

    private static Optional<ContainerState> state(Pod pod) {
        return pod.getStatus().getContainerStatuses().stream()
                .filter(status -> status.getName().equals("main"))
                .map(ContainerStatus::getState)
                .findFirst();
    }

    private static ContainerStatus main(Pod pod) {
        return pod.getStatus().getContainerStatuses().get(0);
    }

    private static String exit(Pod pod) {
        return main(pod).getState().getTerminated().getExitCode() + " "
                + main(pod).getState().getTerminated().getReason();
    }
}
