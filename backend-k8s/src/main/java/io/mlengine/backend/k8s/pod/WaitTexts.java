package io.mlengine.backend.k8s.pod;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.mlengine.backend.k8s.resource.Labels;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The reason why a pod has no node, in the forms that people look at. */
public final class WaitTexts {
    /** Reason of pods that ask for what the engine cannot do. */
    public static final String UNSUPPORTED = "Unsupported";

    /** Reason of pods whose service account may not use their queue. */
    public static final String QUEUE_FORBIDDEN = "QueueForbidden";

    private static final int MOST_TEXT = 1000;

    private WaitTexts() {}

    /**
     * Tells whether a reason is one that waiting does not mend.
     *
     * @param reason short word of the condition
     * @return true when somebody has to change something
     */
    public static boolean isRefusal(String reason) {
        return reason.equals(UNSUPPORTED) || reason.equals(QUEUE_FORBIDDEN);
    }

    /**
     * The condition of the pod.
     *
     * @param reason short word
     * @param text for people
     * @param now when it began
     * @return the condition {@code PodScheduled}
     */
    public static PodCondition condition(String reason, String text, Instant now) {
        return new PodConditionBuilder()
                .withType("PodScheduled")
                .withStatus("False")
                .withReason(reason)
                .withMessage(shortened(text))
                .withLastTransitionTime(now.truncatedTo(ChronoUnit.SECONDS).toString())
                .build();
    }

    /**
     * The Event about the pod's gang.
     *
     * @param pod one of the gang's pods
     * @param reason short word of the condition
     * @param text for people
     * @param now when
     * @return the Event
     */
    public static Event event(Pod pod, String reason, String text, Instant now) {
        String at = now.truncatedTo(ChronoUnit.SECONDS).toString();
        return new EventBuilder()
                .withNewMetadata()
                .withGenerateName(pod.getMetadata().getName() + ".")
                .withNamespace(pod.getMetadata().getNamespace())
                .endMetadata()
                .withNewInvolvedObject()
                .withApiVersion("v1")
                .withKind("Pod")
                .withName(pod.getMetadata().getName())
                .withNamespace(pod.getMetadata().getNamespace())
                .withUid(pod.getMetadata().getUid())
                .endInvolvedObject()
                .withReason(isRefusal(reason) ? reason : "FailedScheduling")
                .withMessage(shortened(text))
                .withType("Warning")
                .withFirstTimestamp(at)
                .withLastTimestamp(at)
                .withCount(1)
                .withNewSource()
                .withComponent(Labels.MANAGER)
                .endSource()
                .build();
    }

    private static String shortened(String text) {
        return text.length() > MOST_TEXT ? text.substring(0, MOST_TEXT) + "…" : text;
    }
}
