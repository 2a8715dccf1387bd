package io.mlengine.backend.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.storage.StorageClassBuilder;
import io.mlengine.backend.k8s.resource.MLTrainDocuments;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.backend.k8s.resource.MLTrainStatus;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Retries;
import io.mlengine.core.job.RunPolicy;
import io.mlengine.spi.model.JobEnvironment;
import io.mlengine.spi.model.Role;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Claims of pods; the test makes the volumes, as nobody else does here. */
@Timeout(180)
class VolumesIT {
    private final GangCluster cluster = new GangCluster();

    @AfterEach
    void close() {
        cluster.close();
        cluster.client
                .storage()
                .v1()
                .storageClasses()
                .withName(cluster.namespace)
                .delete();
        cluster.client.persistentVolumes().withLabel("test", cluster.namespace).delete();
    }

    @Test
    void aPodWaitsForItsClaimAndGoesWhereItsVolumeIs() {
        List<String> nodes = cluster.nodes.add(3, 1);
        cluster.startEngine();
        cluster.create(mounting(cluster.pod("reader"), "data"));
        cluster.awaitReason("reader", "Unschedulable: spec.volumes: the claim data does not exist");

        claim("data", "");
        cluster.awaitReason("reader", "Unschedulable: spec.volumes: the claim data is not bound to a volume yet");

        makeVolume("data", nodes.get(2));
        Await.until("it has a node", () -> node("reader").isPresent());
        assertThat(node("reader")).contains(nodes.get(2));
    }

    @Test
    void aGangIsBoundWhenAllVolumesThatWaitForItsNodesAreMade() {
        cluster.nodes.add(2, 1);
        storageClass("disks.example.com");
        cluster.startEngine();
        for (int i = 0; i < 2; i++) {
            claim("data-" + i, cluster.namespace);
            cluster.create(mounting(cluster.member("gang", i, 2), "data-" + i));
        }
        String first = Await.until("a node is chosen for the first", () -> selectedNode("data-0"));
        String second = Await.until("a node is chosen for the second", () -> selectedNode("data-1"));
        assertThat(first).isNotEqualTo(second);
        cluster.awaitReason("gang-0", "Unschedulable: the claim data-");

        makeVolume("data-0", first);
        cluster.awaitReason("gang-0", "Unschedulable: the claim data-1 is not bound to a volume for node " + second);
        assertThat(cluster.bound("gang")).isZero();

        makeVolume("data-1", second);
        Await.until("the gang is whole", () -> cluster.bound("gang") == 2);
        assertThat(node("gang-0")).contains(first);
        assertThat(node("gang-1")).contains(second);
    }

    @Test
    void aClassThatMakesNoVolumesIsRefusedByName() {
        cluster.nodes.add(1, 1);
        storageClass("kubernetes.io/no-provisioner");
        cluster.startEngine();
        claim("data", cluster.namespace);
        cluster.create(mounting(cluster.pod("reader"), "data"));
        cluster.awaitReason("reader", "Unsupported: spec.volumes: this scheduler does not support claims that wait");
        assertThat(selectedNode("data")).isEmpty();
    }

    @Test
    void aJobIsStartedWhereItsVolumeIsMadeForIt() {
        cluster.nodes.add(1, 2);
        storageClass("disks.example.com");
        cluster.startEngine();
        claim("data", cluster.namespace);
        apply("digits", "data", 2);
        String node = Await.until("a node is chosen", () -> selectedNode("data"));
        Await.until("the pods are there", () -> cluster.pods().size() == 2);
        assertThat(cluster.pods()).allMatch(pod -> pod.getSpec().getNodeName() == null);

        makeVolume("data", node);
        await("digits", "Running");
    }

    @Test
    void aJobWhoseVolumeIsElsewhereSaysSo() {
        List<String> nodes = cluster.nodes.add(2, 1);
        cluster.nodes.cordon(nodes.get(1), true);
        cluster.startEngine();
        claim("data", "");
        makeVolume("data", nodes.get(1));
        apply("digits", "data", 1);
        assertThat(await("digits", "Failed").message())
                .contains("the volume of claim data cannot be used on node " + nodes.get(0));
        Await.until("no pod is left", () -> cluster.pods().isEmpty());
    }

    private void apply(String name, String claim, int workers) {
        cluster.client
                .resource(MLTrainDocuments.resource(MLTrain.named(name)
                        .namespace(cluster.namespace)
                        .framework("plain")
                        .runPolicy(RunPolicy.builder()
                                .retries(new Retries(0, 0, OptionalInt.empty()))
                                .build())
                        .environment(JobEnvironment.builder().volumeClaim(claim).build())
                        .addRole(Role.named("worker")
                                .replicas(workers)
                                .command("work")
                                .image("localhost/work:1")
                                .build())
                        .build()))
                .create();
    }

    private MLTrainStatus await(String name, String phase) {
        return Await.until(
                name + " is " + phase,
                () -> Optional.ofNullable(cluster.client
                                .resources(MLTrainResource.class)
                                .inNamespace(cluster.namespace)
                                .withName(name)
                                .get()
                                .getStatus())
                        .filter(status -> phase.equals(status.phase())));
    }

    private static PodBuilder mounting(PodBuilder pod, String claim) {
        return pod.editSpec()
                .addNewVolume()
                .withName("data")
                .withNewPersistentVolumeClaim()
                .withClaimName(claim)
                .endPersistentVolumeClaim()
                .endVolume()
                .endSpec();
    }

    private void storageClass(String provisioner) {
        cluster.client
                .resource(new StorageClassBuilder()
                        .withNewMetadata()
                        .withName(cluster.namespace)
                        .endMetadata()
                        .withProvisioner(provisioner)
                        .withVolumeBindingMode("WaitForFirstConsumer")
                        .build())
                .create();
    }

    private void claim(String name, String storageClass) {
        cluster.client
                .resource(new PersistentVolumeClaimBuilder()
                        .withNewMetadata()
                        .withNamespace(cluster.namespace)
                        .withName(name)
                        .endMetadata()
                        .withNewSpec()
                        .withStorageClassName(storageClass)
                        .withAccessModes("ReadWriteMany")
                        .withNewResources()
                        .addToRequests("storage", new Quantity("1Gi"))
                        .endResources()
                        .endSpec()
                        .build())
                .create();
    }

    private Optional<String> selectedNode(String claim) {
        PersistentVolumeClaim found = cluster.client
                .persistentVolumeClaims()
                .inNamespace(cluster.namespace)
                .withName(claim)
                .get();
        return Optional.ofNullable(found.getMetadata().getAnnotations())
                .map(annotations -> annotations.get("volume.kubernetes.io/selected-node"));
    }

    /** What the controllers of volumes do: a volume on one node, bound to a claim. */
    private void makeVolume(String claim, String node) {
        PersistentVolume volume = cluster.client
                .resource(new PersistentVolumeBuilder()
                        .withNewMetadata()
                        .withName(cluster.namespace + "-" + claim)
                        .addToLabels("test", cluster.namespace)
                        .endMetadata()
                        .withNewSpec()
                        .withCapacity(Map.of("storage", new Quantity("1Gi")))
                        .withAccessModes("ReadWriteMany")
                        .withNewHostPath("/nowhere", "")
                        .withNewClaimRef()
                        .withNamespace(cluster.namespace)
                        .withName(claim)
                        .endClaimRef()
                        .withNewNodeAffinity()
                        .withNewRequired()
                        .addNewNodeSelectorTerm()
                        .addNewMatchExpression()
                        .withKey("kubernetes.io/hostname")
                        .withOperator("In")
                        .withValues(node)
                        .endMatchExpression()
                        .endNodeSelectorTerm()
                        .endRequired()
                        .endNodeAffinity()
                        .endSpec()
                        .build())
                .create();
        var claims = cluster.client
                .persistentVolumeClaims()
                .inNamespace(cluster.namespace)
                .withName(claim);
        claims.edit(found -> new PersistentVolumeClaimBuilder(found)
                .editSpec()
                .withVolumeName(volume.getMetadata().getName())
                .endSpec()
                .build());
        claims.editStatus(found -> new PersistentVolumeClaimBuilder(found)
                .editOrNewStatus()
                .withPhase("Bound")
                .endStatus()
                .build());
    }

    private Optional<String> node(String pod) {
        Pod found = cluster.client
                .pods()
                .inNamespace(cluster.namespace)
                .withName(pod)
                .get();
        return Optional.ofNullable(found.getSpec().getNodeName());
    }
}
