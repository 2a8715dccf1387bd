package io.mlengine.core.convert;

import io.mlengine.core.convert.ConversionNote.Effect;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The plain text that tells people what is not the same after a conversion. */
public final class ConversionText {
    private ConversionText() {}

    /**
     * Tells about a job: a summary, then each reason once with the fields that it holds for.
     *
     * @param job the converted job
     * @return the text, with a line break at its end
     */
    public static String of(ConvertedJob job) {
        String heading = job.source() + " becomes the job " + job.train().name() + " ("
                + job.train().framework() + ")";
        return heading + ": " + counts(job.notes()) + "\n" + text(job.notes(), job.source());
    }

    /**
     * Tells about notes alone.
     *
     * @param notes the notes
     * @return the text, with a line break at its end; empty when there are none
     */
    public static String of(List<ConversionNote> notes) {
        return text(notes, "");
    }

    private static String text(List<ConversionNote> notes, String subject) {
        Map<String, List<DocumentPlace>> places = new LinkedHashMap<>();
        for (Effect effect : Effect.values()) {
            for (ConversionNote note : notes) {
                if (note.effect() == effect) {
                    places.computeIfAbsent(reason(note), unknown -> new ArrayList<>())
                            .add(note.place());
                }
            }
        }
        StringBuilder out = new StringBuilder();
        places.forEach((reason, fields) -> {
            out.append(reason);
            fields.forEach(field ->
                    out.append("           ").append(field(field, subject)).append('\n'));
        });
        return out.toString();
    }

    private static String reason(ConversionNote note) {
        String advice = note.advice().isEmpty() ? "" : "           -> " + note.advice() + "\n";
        return String.format(Locale.ROOT, "  %-7s  %s%n", word(note.effect()), note.why()) + advice;
    }

    private static String field(DocumentPlace place, String subject) {
        String document = place.document().equals(subject) && !place.path().isEmpty() ? "" : place.document();
        String separator = document.isEmpty() || place.path().isEmpty() ? "" : " ";
        return place.position() + "  " + document + separator + place.path();
    }

    private static String word(Effect effect) {
        return effect.name().toLowerCase(Locale.ROOT);
    }

    private static String counts(List<ConversionNote> notes) {
        String counts = Stream.of(Effect.values())
                .filter(effect -> count(notes, effect) > 0)
                .map(effect -> count(notes, effect) + (effect == Effect.CHECK ? " to check" : " " + word(effect)))
                .collect(Collectors.joining(", "));
        return counts.isEmpty() ? "nothing dropped or changed" : counts;
    }

    private static long count(List<ConversionNote> notes, Effect effect) {
        return notes.stream().filter(note -> note.effect() == effect).count();
    }
}
