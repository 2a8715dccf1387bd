package io.mlengine.backend.k8s.pod;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.spi.backend.LaunchOrder;
import io.mlengine.spi.backend.OrderFailedException;
import io.mlengine.spi.framework.PlanFile;
import io.mlengine.spi.framework.ReplicaPlan.DeviceVisibility;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.JobShape;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Stream;

/** Makes the objects of a launch order. Pure: the same launch gives equal objects. */
public final class PodManifests {
    private final PodConfig config;

    /**
     * Manifests for an installation.
     *
     * @param config what is the same in all its pods
     */
    public PodManifests(PodConfig config) {
        this.config = config;
    }

    /**
     * Says what a job asks for that pods cannot do. What admission refuses anyway is not looked at.
     *
     * @param job the job
     * @return everything that stands in the way, empty when the job can run
     */
    public List<Unsupported> unsupported(JobShape job) {
        return PodRules.check(job, config);
    }

    /**
     * Makes the objects.
     *
     * @param launch what to start
     * @return the objects, none of which exists yet by this
     * @throws OrderFailedException when the job asks for what pods cannot do
     * @throws IllegalArgumentException when order, reservation and placement do not fit together
     */
    public JobObjects of(PodLaunch launch) {
        List<Unsupported> refusals = new ArrayList<>(unsupported(launch.order().job()));
        refusals.addAll(PodRules.checkFiles(launch.order()));
        if (!refusals.isEmpty()) {
            throw refusals.get(0).toException();
        }
        PlanFiles files = PlanFiles.pack(texts(launch.order()), (digest, data) -> configMap(launch, digest, data));
        return new JobObjects(
                service(launch),
                launch.attemptSecret().map(secret -> secret(launch, secret)),
                files.configMaps(),
                launch.order().replicas().stream()
                        .map(start -> ReplicaPod.of(config, launch, start, files))
                        .toList(),
                notes(launch));
    }

    private static List<String> texts(LaunchOrder order) {
        return Stream.concat(
                        order.replicas().stream().flatMap(start -> start.plan().files().stream()),
                        PythonStep.file(order.job()).stream())
                .map(PlanFile::content)
                .toList();
    }

    private static List<String> notes(PodLaunch launch) {
        boolean wantsNeighbours = launch.order().replicas().stream()
                .anyMatch(start -> start.plan().devices() == DeviceVisibility.JOB_ON_HOST);
        return wantsNeighbours
                ? List.of("On Kubernetes each replica sees only its own devices, not those of its neighbours")
                : List.of();
    }

    private static Service service(PodLaunch launch) {
        JobOwner owner = launch.owner();
        return new ServiceBuilder()
                .withMetadata(metadata(launch, PodNames.service(owner), ReplicaIds.labels(owner)))
                .withNewSpec()
                .withClusterIP("None")
                // Replicas look for each other before they are ready.
                .withPublishNotReadyAddresses(true)
                .withSelector(Map.of(Labels.JOB_UID, owner.uid()))
                .endSpec()
                .build();
    }

    private static Secret secret(PodLaunch launch, String value) {
        AttemptId attempt = launch.order().attempt();
        return new SecretBuilder()
                .withMetadata(metadata(
                        launch, PodNames.secret(launch.owner(), attempt), ReplicaIds.labels(launch.owner(), attempt)))
                .withType("Opaque")
                .withImmutable(true)
                .withData(
                        Map.of(PodVariables.ATTEMPT_SECRET, Base64.getEncoder().encodeToString(Digests.bytes(value))))
                .build();
    }

    private static ConfigMap configMap(PodLaunch launch, String digest, SortedMap<String, String> data) {
        AttemptId attempt = launch.order().attempt();
        String name = launch.owner().name() + "-a" + attempt.number() + "-files-" + digest;
        return new ConfigMapBuilder()
                .withMetadata(metadata(launch, name, ReplicaIds.labels(launch.owner(), attempt)))
                .withImmutable(true)
                .withData(data)
                .build();
    }

    private static ObjectMeta metadata(PodLaunch launch, String name, SortedMap<String, String> labels) {
        return new ObjectMetaBuilder()
                .withNamespace(launch.owner().namespace())
                .withName(name)
                .withLabels(labels)
                .withAnnotations(Map.of(Labels.FENCE, Long.toString(launch.fence())))
                .withOwnerReferences(launch.owner().reference())
                .build();
    }
}
