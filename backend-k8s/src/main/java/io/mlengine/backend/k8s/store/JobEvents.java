package io.mlengine.backend.k8s.store;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.mlengine.backend.k8s.resource.JobIds;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.core.api.EngineEvent;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Outcome;
import io.mlengine.core.job.PhaseChange;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What of the engine's events is worth an Event of Kubernetes, and how it reads there. Pure. */
final class JobEvents {
    private static final int MOST_TEXT = 1000;

    private JobEvents() {}

    /** The Event, or empty for what the status shows just as well. */
    static Optional<Event> of(EngineEvent event) {
        return switch (event.type()) {
            case PHASE -> Optional.of(phase(event));
            case WAITING -> Optional.of(normal(event, "Waiting", event.text()));
            case NOTE -> Optional.of(normal(event, "Note", event.text()));
            case SUBMITTED, REPLICA, PROGRESS, DELETED -> Optional.empty();
        };
    }

    private static Event phase(EngineEvent event) {
        boolean warns = switch (event.phase()) {
            case FAILED, RESTARTING -> true;
            default -> false;
        };
        Optional<Outcome> outcome =
                event.view().record().outcome().filter(end -> event.phase().isTerminal());
        String text =
                outcome.map(Outcome::message).filter(said -> !said.isEmpty()).orElse(event.text());
        List<PhaseChange> history = event.view().record().history();
        int attempt = history.isEmpty() ? 0 : history.get(history.size() - 1).attempt();
        String said = attempt > 0 ? "attempt " + attempt + ": " + text : text;
        return event(subject(event), word(event.phase().name()), said, warns, event.at());
    }

    private static Event normal(EngineEvent event, String reason, String text) {
        return event(subject(event), reason, text, false, event.at());
    }

    private static ObjectMeta subject(EngineEvent event) {
        MLTrain train = event.view().record().train();
        return new ObjectMetaBuilder()
                .withNamespace(train.namespace())
                .withName(train.name())
                .withUid(JobIds.uid(event.job()))
                .build();
    }

    private static String word(String constant) {
        return constant.charAt(0) + constant.substring(1).toLowerCase(Locale.ROOT);
    }

    /**
     * An Event about an object.
     *
     * @param train namespace, name and uid of the object
     * @param reason one word
     * @param text for people; cut when it is too long
     * @param warns whether it is a warning
     * @param now when it happened
     */
    static Event event(ObjectMeta train, String reason, String text, boolean warns, Instant now) {
        String name = train.getName();
        String namespace = train.getNamespace();
        String at = now.toString();
        return new EventBuilder()
                .withNewMetadata()
                .withGenerateName(name + ".")
                .withNamespace(namespace)
                .endMetadata()
                .withNewInvolvedObject()
                .withApiVersion(Labels.GROUP + "/" + Labels.VERSION)
                .withKind(new MLTrainResource().getKind())
                .withName(name)
                .withNamespace(namespace)
                .withUid(train.getUid())
                .endInvolvedObject()
                .withReason(reason)
                .withMessage(text.length() > MOST_TEXT ? text.substring(0, MOST_TEXT) + "…" : text)
                .withType(warns ? "Warning" : "Normal")
                .withFirstTimestamp(at)
                .withLastTimestamp(at)
                .withCount(1)
                .withNewSource()
                .withComponent(Labels.MANAGER)
                .endSource()
                .build();
    }
}
