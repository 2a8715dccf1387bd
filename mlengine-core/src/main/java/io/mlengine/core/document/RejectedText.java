package io.mlengine.core.document;

import io.mlengine.core.admission.ViolationCode;
import java.util.Locale;

/** Ends the reading of a text that cannot be read on; never leaves this package. */
final class RejectedText extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient PlacedViolation violation;

    RejectedText(ViolationCode code, SourcePosition position, String advice) {
        super(advice, null, false, false);
        this.violation = PlacedViolation.of(code.at("", "", advice), position);
    }

    RejectedText(PlacedViolation violation) {
        super(violation.toString(), null, false, false);
        this.violation = violation;
    }

    PlacedViolation violation() {
        return violation;
    }

    static RejectedText tooLarge(SourcePosition position) {
        String advice = String.format(
                Locale.ROOT,
                "at most %,d characters, %d levels and %,d values",
                TextParser.MOST_CHARACTERS,
                TextParser.MOST_LEVELS,
                TextParser.MOST_VALUES);
        return new RejectedText(ViolationCode.TOO_LARGE, position, advice);
    }
}
