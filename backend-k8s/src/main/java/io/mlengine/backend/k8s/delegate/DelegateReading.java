package io.mlengine.backend.k8s.delegate;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.backend.k8s.cluster.ApiAnswer;
import io.mlengine.backend.k8s.delegate.DelegateView.Found;
import io.mlengine.backend.k8s.resource.MLTrainDelegate;
import io.mlengine.backend.k8s.resource.MLTrainDocuments;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.backend.k8s.resource.MLTrainStatus;
import io.mlengine.backend.k8s.resource.MLTrainWish;
import io.mlengine.core.document.DocumentResult;
import io.mlengine.core.job.Delegate;
import io.mlengine.core.job.DelegateKind;
import io.mlengine.core.job.JobRecord.Desired;
import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.Role;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads what is there of a job; the kind that it was accepted for counts, whatever its spec says since. */
final class DelegateReading {
    private static final MLTrainStatus NOTHING = MLTrainStatus.builder().build();
    private static final Set<String> ENDED = Set.of("Succeeded", "Failed", "Cancelled");

    private DelegateReading() {}

    /**
     * Reads the other controller's object, and begins to watch its kind.
     *
     * @param resource the job's own object, as it is now
     */
    static DelegateView view(DelegateApi api, KindWatches watches, DelegatedJob job, MLTrainResource resource) {
        MLTrainStatus status = Optional.ofNullable(resource.getStatus()).orElse(NOTHING);
        DocumentResult document = MLTrainDocuments.read(resource);
        Optional<MLTrain> written = document.train().filter(train -> document.isValid());
        Delegate delegate = accepted(status)
                .or(() -> written.flatMap(MLTrain::delegate))
                .orElseThrow(() -> new IllegalStateException("no kind is known for " + job));
        MLTrain train = written.map(read -> sized(resource, read)).orElseGet(() -> unreadable(job, delegate));
        Desired desired = MLTrainWish.desired(resource);
        boolean isOver = ENDED.contains(String.valueOf(status.phase())) && desired != Desired.DELETE;
        Place place = isOver ? new Place(Found.NOTHING, Optional.empty()) : look(api, delegate, job);
        if (place.found() == Found.NO_KIND) {
            watches.forget(delegate);
        } else if (!isOver && place.found() != Found.NO_ACCESS) {
            watches.watch(delegate);
        }
        return new DelegateView(
                MLTrain.builder().from(train).delegate(delegate).build(),
                written.isPresent(),
                desired,
                Optional.ofNullable(resource.getMetadata().getGeneration()).orElse(0L),
                status,
                place.found(),
                place.ours().map(object -> KubeflowJob.of(object, delegate)));
    }

    private record Place(Found found, Optional<GenericKubernetesResource> ours) {}

    private static Place look(DelegateApi api, Delegate delegate, DelegatedJob job) {
        try {
            Optional<GenericKubernetesResource> there = api.find(delegate, job);
            if (there.isPresent()) {
                return new Place(
                        there.filter(job::owns).isPresent() ? Found.OURS : Found.OTHERS, there.filter(job::owns));
            }
            return new Place(api.isInstalled(delegate) ? Found.NOTHING : Found.NO_KIND, Optional.empty());
        } catch (KubernetesClientException e) {
            if (ApiAnswer.of(e) == ApiAnswer.FORBIDDEN) {
                return new Place(Found.NO_ACCESS, Optional.empty());
            }
            throw e;
        }
    }

    /** The kind that the job was accepted for; empty before. */
    private static Optional<Delegate> accepted(MLTrainStatus status) {
        MLTrainDelegate delegate = status.delegate();
        if (delegate == null) {
            return Optional.empty();
        }
        return Arrays.stream(DelegateKind.values())
                .filter(kind -> kind.word().equals(delegate.kind()))
                .findFirst()
                .map(kind -> new Delegate(kind, String.valueOf(delegate.apiVersion())));
    }

    private static MLTrain sized(MLTrainResource resource, MLTrain train) {
        Optional<Role> elastic = MLTrainWish.elasticRole(train);
        if (elastic.isEmpty() || MLTrainWish.replicas(resource).isEmpty()) {
            return train;
        }
        int replicas = MLTrainWish.replicas(resource).getAsInt();
        List<Role> roles = train.roles().stream()
                .map(role -> role.equals(elastic.get())
                        ? Role.builder().from(role).replicas(replicas).build()
                        : role)
                .toList();
        return MLTrain.builder().from(train).roles(roles).build();
    }

    private static MLTrain unreadable(DelegatedJob job, Delegate delegate) {
        return MLTrain.named(job.name())
                .namespace(job.namespace())
                .framework(delegate.kind().framework())
                .build();
    }
}
