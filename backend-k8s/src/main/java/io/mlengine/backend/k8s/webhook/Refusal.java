package io.mlengine.backend.k8s.webhook;

import io.mlengine.core.document.ViolationText;
import io.mlengine.spi.model.Violation;
import java.util.List;

/**
 * Why an object may not be stored.
 *
 * @param reason what kind of refusal it is
 * @param message everything that is wrong, for people
 * @param causes the same for programs, one each
 */
record Refusal(Reason reason, String message, List<Cause> causes) {
    Refusal {
        causes = List.copyOf(causes);
    }

    /**
     * Refuses what breaks rules, in the words of {@code mlengine validate}.
     *
     * @param name name of the object
     * @param consequence what was not done for it
     * @param violations all that is wrong
     * @return the refusal
     */
    static Refusal invalid(String name, String consequence, List<Violation> violations) {
        List<Cause> causes = violations.stream()
                .map(violation -> new Cause(violation.code(), violation.path(), sentence(violation)))
                .toList();
        return new Refusal(Reason.INVALID, ViolationText.of(name, consequence, violations), causes);
    }

    private static String sentence(Violation violation) {
        return violation.message() + (violation.advice().isEmpty() ? "" : ": " + violation.advice());
    }

    static Refusal of(Reason reason, String message) {
        return new Refusal(reason, message, List.of());
    }

    /** Kinds of refusals, as HTTP knows them. */
    enum Reason {
        /** The object is wrong. Not 422: kubectl shows only the causes of that, not the message. */
        INVALID("BadRequest", 400),
        /** The user may not. */
        FORBIDDEN("Forbidden", 403),
        /** Nobody can say just now. */
        UNKNOWN("ServiceUnavailable", 503);

        private final String text;
        private final int code;

        Reason(String text, int code) {
            this.text = text;
            this.code = code;
        }

        /** The reason as the API knows it. */
        String text() {
            return text;
        }

        /** The HTTP status. */
        int code() {
            return code;
        }
    }

    /**
     * One thing that is wrong.
     *
     * @param code stable code, for example {@code ML-412}
     * @param field the field, for example {@code spec.roles[0].replicas}
     * @param message what is wrong and what to do
     */
    record Cause(String code, String field, String message) {}
}
