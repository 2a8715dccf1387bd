package io.mlengine.backend.k8s.webhook;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Optional;

/**
 * The answer to a {@link Review}.
 *
 * @param refusal why the object may not be stored, or empty when it may
 * @param patch changes to the object, a JSON patch (RFC 6902); empty for none
 * @param warnings sentences that the API server shows to the user
 */
record Verdict(Optional<Refusal> refusal, ArrayNode patch, List<String> warnings) {
    /** Allowed as it is. */
    static final Verdict ALLOWED = new Verdict(Optional.empty(), JsonNodeFactory.instance.arrayNode(), List.of());

    Verdict {
        warnings = List.copyOf(warnings);
    }

    static Verdict refused(Refusal refusal) {
        return new Verdict(Optional.of(refusal), JsonNodeFactory.instance.arrayNode(), List.of());
    }

    static Verdict patched(ArrayNode patch) {
        return new Verdict(Optional.empty(), patch, List.of());
    }

    Verdict withWarnings(List<String> sentences) {
        return new Verdict(refusal, patch, sentences);
    }

    boolean isAllowed() {
        return refusal.isEmpty();
    }
}
