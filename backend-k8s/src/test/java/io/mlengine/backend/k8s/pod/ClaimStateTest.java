package io.mlengine.backend.k8s.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.TopologySelectorTermBuilder;
import io.fabric8.kubernetes.api.model.storage.StorageClassBuilder;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClaimStateTest {
    private static PersistentVolumeClaimBuilder claim(String phase) {
        return new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withName("data")
                .endMetadata()
                .withNewSpec()
                .withAccessModes("ReadWriteOnce")
                .endSpec()
                .withNewStatus()
                .withPhase(phase)
                .endStatus();
    }

    private static StorageClassBuilder storage(String mode) {
        return new StorageClassBuilder()
                .withNewMetadata()
                .withName("fast")
                .endMetadata()
                .withProvisioner("disks.example.com")
                .withVolumeBindingMode(mode);
    }

    private static PersistentVolume local(String key, String operator, String value) {
        return new PersistentVolumeBuilder()
                .withNewMetadata()
                .withName("pv")
                .endMetadata()
                .withNewSpec()
                .withNewNodeAffinity()
                .withNewRequired()
                .addNewNodeSelectorTerm()
                .addNewMatchExpression()
                .withKey(key)
                .withOperator(operator)
                .withValues(value)
                .endMatchExpression()
                .endNodeSelectorTerm()
                .endRequired()
                .endNodeAffinity()
                .endSpec()
                .build();
    }

    private static String obstacle(@Nullable PersistentVolumeClaim claim, @Nullable PersistentVolume volume) {
        Unsupported why = ClaimState.of("data", claim, volume, null).obstacle().orElseThrow();
        assertThat(why.path()).isEqualTo("spec.volumes");
        return why.reason() + ": " + why.message();
    }

    @Test
    void whatIsNotThereIsWaitedFor() {
        assertThat(obstacle(null, null)).isEqualTo("Unschedulable: the claim data does not exist");
        assertThat(obstacle(claim("Pending").build(), null))
                .isEqualTo("Unschedulable: the claim data is not bound to a volume yet");
        assertThat(obstacle(claim("Bound").build(), null))
                .isEqualTo("Unschedulable: the volume of claim data does not exist");
        assertThat(obstacle(
                        claim("Bound")
                                .editMetadata()
                                .withDeletionTimestamp("2026-11-26T10:00:00Z")
                                .endMetadata()
                                .build(),
                        local("zone", "In", "a")))
                .isEqualTo("Unschedulable: the claim data is being deleted");
        assertThat(ClaimState.of(
                                "data",
                                claim("Pending").build(),
                                null,
                                storage("Immediate").build())
                        .obstacle())
                .isPresent();
    }

    @Test
    void whatIsForOnePodAloneIsRefused() {
        PersistentVolumeClaim alone = claim("Bound")
                .editSpec()
                .withAccessModes("ReadWriteOncePod")
                .endSpec()
                .build();
        assertThat(obstacle(alone, local("zone", "In", "a")))
                .startsWith("Unsupported: this scheduler does not support claims for one pod alone, as data is");
    }

    @Test
    void aVolumeSaysWhereItCanBeUsed() {
        ClaimState state = ClaimState.of("data", claim("Bound").build(), local("zone", "In", "a"), null);
        assertThat(state.obstacle()).isEmpty();
        assertThat(state.isBound()).isTrue();
        assertThat(state.allows(new TreeMap<>(Map.of("zone", "a")))).isTrue();
        assertThat(state.allows(new TreeMap<>(Map.of("zone", "b")))).isFalse();
    }

    @Test
    void aVolumeWithTheLabelOfZonesCanBeUsedThere() {
        PersistentVolume old = new PersistentVolumeBuilder()
                .withNewMetadata()
                .addToLabels("topology.kubernetes.io/zone", "a__b")
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .build();
        ClaimState state = ClaimState.of("data", claim("Bound").build(), old, null);
        assertThat(state.allows(new TreeMap<>(Map.of("topology.kubernetes.io/zone", "b"))))
                .isTrue();
        assertThat(state.allows(new TreeMap<>())).isFalse();
    }

    @Test
    void aVolumeWhoseNodesCannotBeUnderstoodIsRefused() {
        assertThat(obstacle(claim("Bound").build(), local("zone", "Near", "a"))).startsWith("Unsupported: ");
    }

    @Test
    void aClaimThatWaitsForAPodIsUsableWhereItsClassAllows() {
        ClaimState state = ClaimState.of(
                "data",
                claim("Pending")
                        .editMetadata()
                        .addToAnnotations(ClaimState.SELECTED_NODE, "n1")
                        .endMetadata()
                        .build(),
                null,
                storage("WaitForFirstConsumer")
                        .withAllowedTopologies(new TopologySelectorTermBuilder()
                                .addNewMatchLabelExpression()
                                .withKey("zone")
                                .withValues("a")
                                .endMatchLabelExpression()
                                .build())
                        .build());
        assertThat(state.obstacle()).isEmpty();
        assertThat(state.isBound()).isFalse();
        assertThat(state.selectedNode()).contains("n1");
        assertThat(state.allows(new TreeMap<>(Map.of("zone", "a")))).isTrue();
        assertThat(state.allows(new TreeMap<>(Map.of("zone", "b")))).isFalse();
    }

    @Test
    void aClassThatMakesNoVolumesIsRefused() {
        assertThat(ClaimState.of(
                                "data",
                                claim("Pending").build(),
                                null,
                                storage("WaitForFirstConsumer")
                                        .withProvisioner("kubernetes.io/no-provisioner")
                                        .build())
                        .obstacle()
                        .map(Unsupported::message))
                .get()
                .asString()
                .contains("fast of claim data");
        assertThat(ClaimState.of("data", claim("Pending").build(), null, null).selectedNode())
                .isEqualTo(Optional.empty());
    }
}
