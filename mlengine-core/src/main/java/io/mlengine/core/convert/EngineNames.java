package io.mlengine.core.convert;

import io.mlengine.core.convert.ForeignValue.Member;
import java.util.function.BiConsumer;

/** Labels and annotations of this engine in documents of others: it sets them anew, and nobody else may. */
final class EngineNames {
    /** The label by which an engine is told the queue of pods that it has not made. */
    static final String QUEUE = "mlengine.io/queue";

    /** The annotation by which an engine is told whether such pods may be evicted. */
    static final String PREEMPTIBLE = "mlengine.io/preemptible";

    private static final String PREFIX = "mlengine.io/";
    private static final String MANAGED_BY = "app.kubernetes.io/managed-by";

    private EngineNames() {}

    /** Takes all but those of an engine, which are told as dropped. */
    static void eachOther(ForeignValue map, BiConsumer<String, String> take) {
        for (Member member : map.members()) {
            if (!drop(member)) {
                member.value().text().ifPresent(text -> take.accept(member.key(), text));
            }
        }
    }

    /** Drops a label or annotation of an engine; tells whether it was one. */
    static boolean drop(Member member) {
        boolean isOwn = member.key().startsWith(PREFIX)
                || (member.key().equals(MANAGED_BY) && member.value().peekText().equals("mlengine"));
        if (isOwn) {
            member.value().dropped("the engine sets it itself", "");
        }
        return isOwn;
    }
}
