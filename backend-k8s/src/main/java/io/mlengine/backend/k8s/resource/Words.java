package io.mlengine.backend.k8s.resource;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Values in the form in which objects of Kubernetes hold them. */
final class Words {
    private Words() {}

    /** A constant in camel case: {@code NoRoomOnOneNode}. */
    static String of(Enum<?> constant) {
        StringBuilder word = new StringBuilder();
        for (String part : constant.name().split("_")) {
            word.append(part.charAt(0)).append(part.substring(1).toLowerCase(Locale.ROOT));
        }
        return word.toString();
    }

    /** A time in whole seconds, as everywhere in Kubernetes; the record has it exactly. */
    static String of(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
