package io.mlengine.backend.k8s.store;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.mlengine.backend.k8s.resource.JobIds;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.core.api.EngineEvent;
import io.mlengine.core.job.Outcome;
import io.mlengine.core.job.PhaseChange;
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
            case WAITING -> Optional.of(event(event, "Waiting", event.text(), false));
            case NOTE -> Optional.of(event(event, "Note", event.text(), false));
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
        return event(event, word(event.phase().name()), attempt > 0 ? "attempt " + attempt + ": " + text : text, warns);
    }

    private static String word(String constant) {
        return constant.charAt(0) + constant.substring(1).toLowerCase(Locale.ROOT);
    }

    private static Event event(EngineEvent event, String reason, String text, boolean warns) {
        String name = event.view().record().train().name();
        String namespace = event.view().record().train().namespace();
        String at = event.at().toString();
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
                .withUid(JobIds.uid(event.job()))
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
