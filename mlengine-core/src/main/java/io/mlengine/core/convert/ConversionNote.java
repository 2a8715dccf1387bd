package io.mlengine.core.convert;

import java.util.Locale;

/**
 * One thing that is not the same after the conversion.
 *
 * @param effect what happened to the field
 * @param place the field
 * @param why the reason, or what it became
 * @param advice what to do about it, or empty when there is nothing to do
 */
public record ConversionNote(Effect effect, DocumentPlace place, String why, String advice) {
    /** What happened to a field. */
    public enum Effect {
        /** The job has nothing of it. */
        DROPPED,
        /** The job says it in another way, or means something a little different. */
        CHANGED,
        /** It was carried over, and whether it is right cannot be seen from the document. */
        CHECK
    }

    @Override
    public String toString() {
        return effect.name().toLowerCase(Locale.ROOT) + " " + place.document() + " " + place.path() + ": " + why
                + (advice.isEmpty() ? "" : "; " + advice);
    }
}
