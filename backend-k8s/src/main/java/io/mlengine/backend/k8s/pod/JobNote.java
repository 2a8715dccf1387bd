package io.mlengine.backend.k8s.pod;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.spi.model.AttemptId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** What a job's owner is told about an attempt, as an Event that is made once whoever tells it. Pure. */
public final class JobNote {
    private static final int DIGITS = 10;

    private JobNote() {}

    /**
     * Makes the Event.
     *
     * @param owner the job's owner
     * @param attempt the attempt
     * @param reason one word
     * @param text one sentence
     * @param now the time
     * @return the Event; the same note of the same attempt has the same name
     */
    public static Event event(JobOwner owner, AttemptId attempt, String reason, String text, Instant now) {
        String at = now.truncatedTo(ChronoUnit.SECONDS).toString();
        return new EventBuilder()
                .withNewMetadata()
                .withNamespace(owner.namespace())
                .withName(owner.name() + "." + Digests.of(owner.uid() + attempt.number() + reason + text, DIGITS))
                .endMetadata()
                .withNewInvolvedObject()
                .withApiVersion(owner.apiVersion())
                .withKind(owner.kind())
                .withName(owner.name())
                .withNamespace(owner.namespace())
                .withUid(owner.uid())
                .endInvolvedObject()
                .withReason(reason)
                .withMessage(text)
                .withType("Normal")
                .withFirstTimestamp(at)
                .withLastTimestamp(at)
                .withCount(1)
                .withNewSource()
                .withComponent(Labels.MANAGER)
                .endSource()
                .build();
    }
}
