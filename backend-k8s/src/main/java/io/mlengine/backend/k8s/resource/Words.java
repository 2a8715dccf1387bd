package io.mlengine.backend.k8s.resource;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Values in the form in which objects of Kubernetes hold them. */
public final class Words {
    private Words() {}

    /**
     * Writes a constant in camel case.
     *
     * @param constant the constant
     * @return for example {@code NoRoomOnOneNode}
     */
    public static String of(Enum<?> constant) {
        StringBuilder word = new StringBuilder();
        for (String part : constant.name().split("_")) {
            word.append(part.charAt(0)).append(part.substring(1).toLowerCase(Locale.ROOT));
        }
        return word.toString();
    }

    /**
     * Writes a time in whole seconds, as everywhere in Kubernetes; the record has it exactly.
     *
     * @param time the time
     * @return the time in RFC 3339
     */
    public static String of(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
