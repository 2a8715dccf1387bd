package io.mlengine.core.convert;

import io.mlengine.spi.model.Taint;
import io.mlengine.spi.model.Toleration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A taint that pods tolerate. */
final class TolerationDraft {
    static final FieldTable<TolerationDraft> TABLE = FieldTable.<TolerationDraft>named("toleration")
            .text("key", "`key`", (toleration, text) -> toleration.key = text)
            .value(
                    "operator",
                    "`operator`",
                    (toleration, value) -> value.oneOf(List.of(Toleration.Operator.values()), Toleration.Operator::word)
                            .ifPresent(operator -> toleration.operator = operator))
            .text("value", "`value`", (toleration, text) -> toleration.value = text)
            .value("effect", "`effect`; all without it", TolerationDraft::effect)
            .dropped("tolerationSeconds", "a taint is tolerated for ever or not at all", "")
            .build();

    private String key = "";
    private Toleration.Operator operator = Toleration.Operator.EQUAL;
    private String value = "";
    private Taint.@Nullable Effect effect;

    private static void effect(TolerationDraft toleration, ForeignValue value) {
        value.oneOf(List.of(Taint.Effect.values()), Taint.Effect::word).ifPresent(effect -> toleration.effect = effect);
    }

    static void read(PodDraft pod, ForeignValue list) {
        list.items().forEach(item -> {
            TolerationDraft draft = new TolerationDraft();
            TABLE.read(item, draft);
            pod.nodes.addToleration(
                    new Toleration(draft.key, draft.operator, draft.value, Optional.ofNullable(draft.effect)));
        });
    }
}
