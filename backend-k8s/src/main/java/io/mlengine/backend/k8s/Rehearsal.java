package io.mlengine.backend.k8s;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.mlengine.backend.k8s.pod.JobObjects;
import io.mlengine.backend.k8s.pod.JobOwner;
import io.mlengine.backend.k8s.pod.PodConfig;
import io.mlengine.backend.k8s.pod.PodLaunch;
import io.mlengine.backend.k8s.pod.PodManifests;
import io.mlengine.backend.k8s.pod.Reservations;
import io.mlengine.backend.k8s.resource.JobIds;
import io.mlengine.backend.k8s.resource.MLTrainDocuments;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.backend.k8s.resource.MLTrainStatus;
import io.mlengine.backend.k8s.resource.MLTrainStatuses;
import io.mlengine.core.document.RecordDocument;
import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.PhaseChange;
import io.mlengine.core.lifecycle.Reason;
import io.mlengine.spi.backend.LaunchOrder;
import io.mlengine.spi.backend.Reservation;
import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the texts of a job that does not exist, its record, its status and its objects, and throws them away. So the
 * classes for them are loaded before a first job waits for them, which holds its places meanwhile. Asks nothing of the
 * cluster.
 */
final class Rehearsal implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);
    private static final String UID = "00000000-0000-0000-0000-000000000000";
    private static final AttemptId ATTEMPT = new AttemptId(JobIds.of(UID), 1);
    private static final ReplicaKey REPLICA = new ReplicaKey("worker", 0);
    private static final Placement PLACEMENT = new Placement(List.of(new Placement.Slot(REPLICA, "node", List.of())));
    private static final MLTrain TRAIN = MLTrain.named("rehearsal")
            .framework("command")
            .addRole(Role.named(REPLICA.role())
                    .command("true")
                    .image("none")
                    .resources(Resources.builder().cpuMillis(1).gpus(1).build())
                    .build())
            .build();

    private final KubernetesSerialization json;
    private final PodConfig pods;
    private final Instant now;

    Rehearsal(KubernetesSerialization json, PodConfig pods, Instant now) {
        this.json = json;
        this.pods = pods;
        this.now = now;
    }

    @Override
    public void run() {
        try {
            objects().forEach(object -> json.unmarshal(json.asJson(object), object.getClass()));
        } catch (RuntimeException e) {
            LOG.warn("the first job will take longer to start", e);
        }
    }

    /** All that the start of a job writes. */
    List<HasMetadata> objects() {
        JobObjects objects = new PodManifests(pods).of(launch());
        return Stream.of(List.of(train()), objects.beforePods(), objects.pods())
                .<HasMetadata>flatMap(List::stream)
                .toList();
    }

    private MLTrainResource train() {
        JobRecord record = record();
        MLTrainResource resource = MLTrainDocuments.resource(TRAIN);
        resource.setStatus(MLTrainStatus.builder()
                .from(MLTrainStatuses.of(record, Optional.empty(), Optional.empty(), 1, now))
                .record(RecordDocument.write(record))
                .recordVersion(record.version())
                .build());
        return resource;
    }

    private JobRecord record() {
        return JobRecord.builder()
                .id(ATTEMPT.job())
                .train(TRAIN)
                .user("")
                .sequence(1)
                .version(1)
                .phase(Phase.STARTING)
                .createdAt(now)
                .attempt(Attempt.builder()
                        .id(ATTEMPT)
                        .placement(PLACEMENT)
                        .reservation(reservation())
                        .grantedAt(now)
                        .build())
                .addHistory(new PhaseChange(Phase.STARTING, 1, now, Reason.RESERVED, ""))
                .build();
    }

    private static PodLaunch launch() {
        LaunchOrder.Start start = new LaunchOrder.Start(
                new ReplicaId(ATTEMPT, REPLICA.role(), REPLICA.index(), 0),
                ReplicaPlan.builder().key(REPLICA).env("RANK", 0).build());
        return PodLaunch.builder()
                .owner(owner())
                .order(new LaunchOrder(
                        ATTEMPT,
                        TRAIN.shape(),
                        List.of(start),
                        TRAIN.runPolicy().stopGrace()))
                .reservation(reservation())
                .placement(PLACEMENT)
                .fence(0)
                .attemptSecret("")
                .build();
    }

    private static Reservation reservation() {
        return Reservations.of(owner(), ATTEMPT, PLACEMENT, Needs.NONE);
    }

    private static JobOwner owner() {
        MLTrainResource names = new MLTrainResource();
        return new JobOwner(names.getApiVersion(), names.getKind(), TRAIN.namespace(), TRAIN.name(), UID);
    }
}
