package io.mlengine.core.convert;

import io.mlengine.core.admission.Redaction;
import io.mlengine.core.admission.ViolationCode;
import io.mlengine.core.convert.ConversionNote.Effect;
import io.mlengine.core.document.PlacedViolation;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Collects what is to be told about one conversion. */
final class Ledger {
    // A value that is looked at twice is told about once.
    private final Set<ConversionNote> notes = new LinkedHashSet<>();
    private final List<PlacedViolation> violations = new ArrayList<>();

    List<ConversionNote> notes() {
        return List.copyOf(notes);
    }

    List<PlacedViolation> violations() {
        return List.copyOf(violations);
    }

    void note(Effect effect, DocumentPlace place, String why, String advice) {
        notes.add(new ConversionNote(effect, place, Redaction.of(why), Redaction.of(advice)));
    }

    void reject(ViolationCode code, DocumentPlace place, String found, String advice) {
        violations.add(new PlacedViolation(code.at(place.path(), found, advice), Optional.of(place.position())));
    }
}
