package io.mlengine.backend.k8s.delegate;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.mlengine.backend.k8s.pod.JobOwner;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.backend.k8s.resource.MLTrainStatus;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** What of a changed status is worth an Event. Pure. */
final class DelegateEvents {
    private static final Set<String> BAD = Set.of("Failed", "Restarting");
    private static final int MOST_TEXT = 1000;

    private DelegateEvents() {}

    /** The Event of a new phase, or of a new reason to be in it. */
    static Optional<Event> of(JobOwner job, MLTrainStatus before, MLTrainStatus after, Instant now) {
        boolean isNews =
                !Objects.equals(before.phase(), after.phase()) || !Objects.equals(before.reason(), after.reason());
        if (!isNews || after.phase() == null) {
            return Optional.empty();
        }
        String text = after.message() == null ? String.valueOf(after.reason()) : after.message();
        return Optional.of(new EventBuilder()
                .withNewMetadata()
                .withGenerateName(job.name() + ".")
                .withNamespace(job.namespace())
                .endMetadata()
                .withNewInvolvedObject()
                .withApiVersion(job.apiVersion())
                .withKind(job.kind())
                .withName(job.name())
                .withNamespace(job.namespace())
                .withUid(job.uid())
                .endInvolvedObject()
                .withReason(after.phase())
                .withMessage(text.length() > MOST_TEXT ? text.substring(0, MOST_TEXT) + "…" : text)
                .withType(BAD.contains(after.phase()) ? "Warning" : "Normal")
                .withFirstTimestamp(now.toString())
                .withLastTimestamp(now.toString())
                .withCount(1)
                .withNewSource()
                .withComponent(Labels.MANAGER)
                .endSource()
                .build());
    }
}
