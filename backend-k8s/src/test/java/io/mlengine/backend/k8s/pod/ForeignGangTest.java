package io.mlengine.backend.k8s.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.mlengine.spi.backend.ExternalGang;
import io.mlengine.spi.model.GpuRequest;
import io.mlengine.spi.model.NodeConstraints;
import io.mlengine.spi.model.NodeRequirement;
import io.mlengine.spi.model.Toleration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ForeignGangTest {
    static final ClaimState.Lookup NO_CLAIMS = (namespace, claim) -> Optional.empty();
    private static final QueueRight.Source ALL = (namespace, account, queue) -> QueueRight.ALLOWED;

    static PodBuilder pod(int index) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("team")
                .withName("worker-" + index)
                .withUid("uid-" + index)
                .withCreationTimestamp("2026-11-26T10:00:0" + index + "Z")
                .addToLabels("mlengine.io/gang", "bert")
                .addToAnnotations("mlengine.io/gang-size", "3")
                .endMetadata()
                .withNewSpec()
                .withSchedulerName("mlengine")
                .addNewContainer()
                .withName("main")
                .withNewResources()
                .addToLimits("nvidia.com/gpu", new Quantity("2"))
                .addToRequests("cpu", new Quantity("1500m"))
                .endResources()
                .endContainer()
                .endSpec()
                .withNewStatus()
                .withPhase("Pending")
                .endStatus();
    }

    static Pod on(int index, String node, String boundAt) {
        return pod(index)
                .editSpec()
                .withNodeName(node)
                .endSpec()
                .editStatus()
                .addNewCondition()
                .withType("PodScheduled")
                .withStatus("True")
                .withLastTransitionTime(boundAt)
                .endCondition()
                .endStatus()
                .build();
    }

    private static ForeignGang read(Pod... pods) {
        return ForeignGang.of(GangName.of(pods[0]), List.of(pods), Map.of(), Set.of(), NO_CLAIMS, ALL);
    }

    private static ExternalGang.Member only(Pod pod) {
        return read(pod).gang().members().get(0);
    }

    @Test
    void membersAreInOrderAndKnowWhatTheyHoldAndWhere() {
        ForeignGang gang = read(pod(1).build(), on(0, "n1", "2026-11-26T10:00:02Z"));
        assertThat(gang.gang().name()).isEqualTo("team/bert");
        assertThat(gang.gang().size()).isEqualTo(3);
        assertThat(gang.gang().createdAt()).hasToString("2026-11-26T10:00:00Z");
        assertThat(gang.gang().members())
                .extracting(ExternalGang.Member::name)
                .containsExactly("worker-0/uid-0", "worker-1/uid-1");
        assertThat(gang.gang().members())
                .extracting(ExternalGang.Member::node)
                .containsExactly(Optional.of("n1"), Optional.empty());
        assertThat(only(pod(0).build()).resources().gpus()).contains(GpuRequest.of(2));
        assertThat(only(pod(0).build()).resources().cpuMillis()).isEqualTo(1500);
    }

    @Test
    void aPodWithoutTheLabelIsAGangOfItsOwn() {
        Pod alone = pod(0).editMetadata().withLabels(Map.of()).endMetadata().build();
        assertThat(read(alone).gang().size()).isEqualTo(1);
        assertThat(GangName.of(alone).id())
                .isNotEqualTo(GangName.of(pod(0).build()).id());
        assertThat(GangName.of(alone).id().value()).hasSizeLessThanOrEqualTo(32);
    }

    @Test
    void whatHasEndedIsNoMemberAndWhatSucceededIsNotWaitedFor() {
        Pod done = pod(0).editStatus().withPhase("Succeeded").endStatus().build();
        Pod failed = pod(1).editStatus().withPhase("Failed").endStatus().build();
        ExternalGang gang = read(done, failed, pod(2).build()).gang();
        assertThat(gang.size()).isEqualTo(2);
        assertThat(gang.members()).hasSize(1);
    }

    @Test
    void whatIsBeingDeletedOrHeldBackDoesNotWaitAndWhatIsBoundLeaves() {
        Pod gated = pod(0).editSpec().addNewSchedulingGate("quota").endSpec().build();
        Pod deleted = pod(1).editMetadata()
                .withDeletionTimestamp("2026-11-26T11:00:00Z")
                .endMetadata()
                .build();
        Pod leaving = new PodBuilder(on(2, "n1", "2026-11-26T10:00:02Z"))
                .editMetadata()
                .withDeletionTimestamp("2026-11-26T11:00:00Z")
                .endMetadata()
                .build();
        assertThat(read(gated, deleted, leaving).gang().members())
                .singleElement()
                .satisfies(member -> assertThat(member.leaving()).isTrue());
    }

    @Test
    void whatTheEngineOrderedCountsBeforeItIsSeen() {
        Pod pod = pod(0).build();
        ForeignGang gang =
                ForeignGang.of(GangName.of(pod), List.of(pod), Map.of("uid-0", "n7"), Set.of("uid-0"), NO_CLAIMS, ALL);
        assertThat(gang.gang().members().get(0).node()).contains("n7");
        assertThat(gang.gang().members().get(0).leaving()).isTrue();
    }

    @Test
    void aGangIsTornOnlyWhenTheRestWaitedAlready() {
        assertThat(read(on(0, "n1", "2026-11-26T10:00:05Z"), pod(1).build())
                        .gang()
                        .torn())
                .isTrue();
        assertThat(read(on(0, "n1", "2026-11-26T10:00:00Z"), pod(1).build())
                        .gang()
                        .torn())
                .isFalse();
        assertThat(read(pod(0).build(), pod(1).build()).gang().torn()).isFalse();
    }

    @Test
    void constraintsAreThoseOfThePod() {
        Pod pod = pod(0).editSpec()
                .addToNodeSelector("zone", "a")
                .addNewToleration()
                .withKey("gpu")
                .withOperator("Exists")
                .withEffect("NoSchedule")
                .endToleration()
                .withNewAffinity()
                .withNewNodeAffinity()
                .withNewRequiredDuringSchedulingIgnoredDuringExecution()
                .addNewNodeSelectorTerm()
                .addNewMatchExpression()
                .withKey("model")
                .withOperator("In")
                .withValues("A100")
                .endMatchExpression()
                .endNodeSelectorTerm()
                .endRequiredDuringSchedulingIgnoredDuringExecution()
                .endNodeAffinity()
                .endAffinity()
                .endSpec()
                .build();
        assertThat(only(pod).nodes().selector()).containsEntry("zone", "a");
        assertThat(only(pod).nodes().tolerations())
                .extracting(Toleration::key, Toleration::operator)
                .containsExactly(tuple("gpu", Toleration.Operator.EXISTS));
        assertThat(only(pod).nodes().anyOf())
                .containsExactly(List.of(new NodeRequirement("model", NodeRequirement.Operator.IN, List.of("A100"))));
    }

    @Test
    void aGangWithOnePodThatCannotBePlacedCountsOnlyWhatIsPlaced() {
        Pod quiet = pod(1).editSpec().withPreemptionPolicy("Never").endSpec().build();
        ForeignGang gang = read(on(0, "n1", "2026-11-26T10:00:02Z"), quiet, pod(2).build());
        assertThat(gang.refusal()).get().extracting(Unsupported::path).isEqualTo("spec.preemptionPolicy");
        assertThat(gang.gang().members()).hasSize(1);
        assertThat(gang.waiting()).hasSize(2);
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                refused(
                        "metadata.annotations[mlengine.io/gang-size]",
                        pod -> pod.editMetadata().withAnnotations(Map.of()).endMetadata()),
                refused(
                        "spec.affinity.podAffinity",
                        pod -> pod.editSpec()
                                .withNewAffinity()
                                .withNewPodAffinity()
                                .addNewRequiredDuringSchedulingIgnoredDuringExecution()
                                .withTopologyKey("zone")
                                .endRequiredDuringSchedulingIgnoredDuringExecution()
                                .endPodAffinity()
                                .endAffinity()
                                .endSpec()),
                refused(
                        "spec.affinity.podAntiAffinity",
                        pod -> pod.editSpec()
                                .withNewAffinity()
                                .withNewPodAntiAffinity()
                                .addNewRequiredDuringSchedulingIgnoredDuringExecution()
                                .withTopologyKey("zone")
                                .endRequiredDuringSchedulingIgnoredDuringExecution()
                                .endPodAntiAffinity()
                                .endAffinity()
                                .endSpec()),
                refused(
                        "spec.affinity.nodeAffinity",
                        pod -> pod.editSpec()
                                .withNewAffinity()
                                .withNewNodeAffinity()
                                .withNewRequiredDuringSchedulingIgnoredDuringExecution()
                                .addNewNodeSelectorTerm()
                                .addNewMatchField()
                                .withKey("metadata.name")
                                .withOperator("In")
                                .withValues("n1")
                                .endMatchField()
                                .endNodeSelectorTerm()
                                .endRequiredDuringSchedulingIgnoredDuringExecution()
                                .endNodeAffinity()
                                .endAffinity()
                                .endSpec()),
                refused(
                        "spec.topologySpreadConstraints",
                        pod -> pod.editSpec()
                                .addNewTopologySpreadConstraint()
                                .withMaxSkew(1)
                                .withTopologyKey("zone")
                                .withWhenUnsatisfiable("DoNotSchedule")
                                .withLabelSelector(new LabelSelector())
                                .endTopologySpreadConstraint()
                                .endSpec()),
                refused(
                        "spec.volumes",
                        pod -> pod.editSpec()
                                .addNewVolume()
                                .withName("scratch")
                                .withNewEphemeral()
                                .endEphemeral()
                                .endVolume()
                                .endSpec()),
                refused(
                        "spec.volumes",
                        pod -> pod.editSpec()
                                .addNewVolume()
                                .withName("disk")
                                .withNewGcePersistentDisk()
                                .withPdName("disk")
                                .endGcePersistentDisk()
                                .endVolume()
                                .endSpec()),
                refused(
                        "spec.resourceClaims",
                        pod -> pod.editSpec()
                                .addNewResourceClaim()
                                .withName("gpu")
                                .endResourceClaim()
                                .endSpec()),
                refused(
                        "spec.containers",
                        pod -> pod.editSpec()
                                .editContainer(0)
                                .editResources()
                                .addToLimits("nvidia.com/mig-1g.10gb", new Quantity("1"))
                                .endResources()
                                .endContainer()
                                .endSpec()),
                refused(
                        "spec.tolerations",
                        pod -> pod.editSpec()
                                .addNewToleration()
                                .withKey("x")
                                .withOperator("Gt")
                                .endToleration()
                                .endSpec()),
                refused(
                        "spec.preemptionPolicy",
                        pod -> pod.editSpec().withPreemptionPolicy("Never").endSpec()));
    }

    private static Arguments refused(String field, UnaryOperator<PodBuilder> wish) {
        return Arguments.of(field, wish.apply(pod(0)).build());
    }

    @ParameterizedTest
    @MethodSource
    void refused(String field, Pod pod) {
        assertThat(read(pod).refusal()).get().extracting(Unsupported::path).isEqualTo(field);
        assertThat(read(pod).gang().members()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatIsRefusedIsAMemberSoThatItIsTold(String field, Pod pod) {
        assertThat(ForeignGang.isMember(pod, "mlengine")).as(field).isTrue();
    }

    @Test
    void preferencesAreNoConstraints() {
        Pod pod = pod(0).editSpec()
                .withNewAffinity()
                .withNewNodeAffinity()
                .addNewPreferredDuringSchedulingIgnoredDuringExecution()
                .withWeight(1)
                .endPreferredDuringSchedulingIgnoredDuringExecution()
                .endNodeAffinity()
                .withNewPodAntiAffinity()
                .addNewPreferredDuringSchedulingIgnoredDuringExecution()
                .withWeight(1)
                .endPreferredDuringSchedulingIgnoredDuringExecution()
                .endPodAntiAffinity()
                .endAffinity()
                .addNewTopologySpreadConstraint()
                .withMaxSkew(1)
                .withTopologyKey("zone")
                .withWhenUnsatisfiable("ScheduleAnyway")
                .endTopologySpreadConstraint()
                .endSpec()
                .build();
        assertThat(read(pod).refusal()).isEmpty();
        assertThat(only(pod).nodes()).isEqualTo(NodeConstraints.NONE);
    }

    @Test
    void aPortOfTheNodeIsAResource() {
        Pod pod = pod(0).editSpec()
                .editContainer(0)
                .addNewPort()
                .withContainerPort(8080)
                .endPort()
                .addNewPort()
                .withContainerPort(80)
                .withHostPort(8080)
                .endPort()
                .endContainer()
                .addNewInitContainer()
                .withRestartPolicy("Always")
                .addNewPort()
                .withHostPort(53)
                .withProtocol("UDP")
                .endPort()
                .endInitContainer()
                .endSpec()
                .build();
        assertThat(only(pod).resources().extended())
                .containsExactlyEntriesOf(new TreeMap<>(Map.of("hostPort/TCP/8080", 1L, "hostPort/UDP/53", 1L)));
    }

    private static PodBuilder mounting(String claim) {
        return pod(0).editSpec()
                .addNewVolume()
                .withName("data")
                .withNewPersistentVolumeClaim()
                .withClaimName(claim)
                .endPersistentVolumeClaim()
                .endVolume()
                .endSpec();
    }

    private static ForeignGang mounting(Pod pod, ClaimState state) {
        return ForeignGang.of(
                GangName.of(pod), List.of(pod), Map.of(), Set.of(), (namespace, claim) -> Optional.of(state), ALL);
    }

    @Test
    void aGangWaitsForItsClaims() {
        Pod pod = mounting("data").build();
        assertThat(read(pod).refusal())
                .get()
                .extracting(Unsupported::reason, Unsupported::message)
                .containsExactly("Unschedulable", "the claim data has not been looked at yet");
        ForeignGang missing = mounting(pod, ClaimState.of("data", null, null, null));
        assertThat(missing.refusal())
                .get()
                .extracting(Unsupported::reason, Unsupported::message)
                .containsExactly("Unschedulable", "the claim data does not exist");
        assertThat(missing.gang().members()).isEmpty();
    }

    @Test
    void aPodGoesWhereItsVolumesAre() {
        NodeRequirement model = new NodeRequirement("model", NodeRequirement.Operator.EXISTS, List.of());
        NodeRequirement zoneA = new NodeRequirement("zone", NodeRequirement.Operator.IN, List.of("a"));
        NodeRequirement zoneB = new NodeRequirement("zone", NodeRequirement.Operator.IN, List.of("b"));
        ClaimState state =
                new ClaimState(Optional.empty(), true, Optional.empty(), List.of(List.of(zoneA), List.of(zoneB)));
        Pod pod = mounting("data").build();
        assertThat(mounting(pod, state).gang().members().get(0).nodes().anyOf())
                .containsExactly(List.of(zoneA), List.of(zoneB));
        Pod choosy = mounting("data")
                .editSpec()
                .withNewAffinity()
                .withNewNodeAffinity()
                .withNewRequiredDuringSchedulingIgnoredDuringExecution()
                .addNewNodeSelectorTerm()
                .addNewMatchExpression()
                .withKey("model")
                .withOperator("Exists")
                .endMatchExpression()
                .endNodeSelectorTerm()
                .endRequiredDuringSchedulingIgnoredDuringExecution()
                .endNodeAffinity()
                .endAffinity()
                .endSpec()
                .build();
        assertThat(mounting(choosy, state).gang().members().get(0).nodes().anyOf())
                .containsExactly(List.of(model, zoneA), List.of(model, zoneB));
    }

    @Test
    void aPlacedPodThatNoGangCanHoldIsLeftToItsNode() {
        Pod mixed = new PodBuilder(on(0, "n1", "2026-11-26T10:00:02Z"))
                .editSpec()
                .editContainer(0)
                .editResources()
                .addToLimits("nvidia.com/mig-1g.10gb", new Quantity("1"))
                .endResources()
                .endContainer()
                .endSpec()
                .build();
        assertThat(ForeignGang.isCounted(mixed)).isFalse();
        assertThat(read(mixed).gang().members()).isEmpty();
        assertThat(read(mixed).refusal()).isEmpty();
    }

    @Test
    void onlyPodsThatNameTheSchedulerAndAreNotOursAreMembers() {
        assertThat(ForeignGang.isMember(pod(0).build(), "mlengine")).isTrue();
        assertThat(ForeignGang.isMember(pod(0).build(), "default-scheduler")).isFalse();
        Pod ours = pod(0).editMetadata()
                .addToLabels("app.kubernetes.io/managed-by", "mlengine")
                .addToLabels("mlengine.io/job-uid", "7d9f")
                .endMetadata()
                .build();
        assertThat(ForeignGang.isMember(ours, "mlengine")).isFalse();
    }
}
