package io.mlengine.backend.k8s.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.model.ExitStatus;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class PodStatusesProperties {
    @Property
    void theExitSaysWhatTheNodeSays(@ForAll @IntRange(max = 255) int code) {
        Pod pod = SamplePods.ended(code == 0 ? "Succeeded" : "Failed", code, "Error")
                .build();
        ReplicaStatus status = PodStatuses.of(SamplePods.ID, pod, PodView.RUNNING);
        assertThat(status.exit().map(ExitStatus::shellCode)).contains(code);
        assertThat(status.state()).isEqualTo(code == 0 ? ReplicaState.SUCCEEDED : ReplicaState.FAILED);
    }

    @Property
    void nothingThatRunsIsSaidToHaveEnded(@ForAll("pods") Pod pod, @ForAll("views") PodView view) {
        ReplicaStatus now = PodStatuses.of(SamplePods.ID, pod, view);
        boolean runs = Stream.concat(
                        pod.getStatus().getInitContainerStatuses().stream(),
                        pod.getStatus().getContainerStatuses().stream())
                .anyMatch(container -> container.getState().getRunning() != null);
        if (runs) {
            assertThat(now.state().mayLive()).isTrue();
        }
        assertThat(now.state() == ReplicaState.SUCCEEDED)
                .isEqualTo(now.exit().map(ExitStatus::isSuccess).orElse(false));
        assertThat(now.state().mayLive())
                .as("lives or has an end that is explained")
                .isNotEqualTo(now.state() == ReplicaState.SUCCEEDED
                        || !now.reason().isEmpty() && now.state() == ReplicaState.FAILED);
    }

    @Property
    void whatIsDeletedIsOver(@ForAll("pods") Pod pod, @ForAll("views") PodView view) {
        ReplicaStatus last = PodStatuses.deleted(SamplePods.ID, pod, view);
        assertThat(last.state().mayLive()).isFalse();
        assertThat(last.revision())
                .isGreaterThan(PodStatuses.of(SamplePods.ID, pod, view).revision());
    }

    @Provide
    Arbitrary<PodView> views() {
        return Combinators.combine(
                        Arbitraries.of(true, false), Arbitraries.of(true, false), Arbitraries.of(true, false))
                .as(PodView::new);
    }

    @Provide
    Arbitrary<Pod> pods() {
        Arbitrary<String> phases = Arbitraries.of("Pending", "Running", "Succeeded", "Failed", "Unknown");
        Arbitrary<List<ContainerStatus>> steps =
                containers(PodNames.CODE, PodNames.PYTHON).list().ofMaxSize(2);
        Arbitrary<List<ContainerStatus>> mains =
                containers(PodNames.MAIN).list().ofMaxSize(1);
        return Combinators.combine(phases, steps, mains, Arbitraries.of(true, false), Arbitraries.of("", "Evicted"))
                .as((phase, init, main, isDeleting, reason) -> {
                    PodBuilder pod = SamplePods.reason(SamplePods.pod(phase), reason, "")
                            .editStatus()
                            .withInitContainerStatuses(init)
                            .withContainerStatuses(main)
                            .endStatus();
                    return isDeleting ? SamplePods.deleting(pod) : pod.build();
                });
    }

    private static Arbitrary<ContainerStatus> containers(String... names) {
        Arbitrary<Integer> codes = Arbitraries.of(0, 1, 128, 137, 143, 255);
        Arbitrary<String> reasons = Arbitraries.of("Completed", "Error", "OOMKilled", "StartError");
        return Combinators.combine(Arbitraries.of(names), Arbitraries.integers().between(0, 2), codes, reasons)
                .as((name, kind, code, reason) -> switch (kind) {
                    case 0 -> SamplePods.running(name);
                    case 1 -> SamplePods.terminated(name, code, reason, "said");
                    default -> waiting(name, reason);
                });
    }

    private static ContainerStatus waiting(String name, String reason) {
        return new ContainerStatusBuilder()
                .withName(name)
                .withNewState()
                .withNewWaiting()
                .withReason(reason)
                .endWaiting()
                .endState()
                .build();
    }
}
