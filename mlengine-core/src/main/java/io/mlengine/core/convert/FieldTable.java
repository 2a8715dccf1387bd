package io.mlengine.core.convert;

import io.mlengine.core.admission.Suggestions;
import io.mlengine.core.convert.ForeignValue.Member;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * What becomes of each field of one kind of object. Reading goes over what the document holds, not over the rows: a
 * field that has no row is told as dropped, so none can be forgotten.
 *
 * @param <D> what the values are gathered in
 */
final class FieldTable<D> {
    private final String title;
    private final Map<String, Row<D>> rows;

    private FieldTable(String title, Map<String, Row<D>> rows) {
        this.title = title;
        this.rows = rows;
    }

    private record Row<D>(FieldMapping mapping, BiConsumer<D, ForeignValue> take) {}

    static <D> Builder<D> named(String title) {
        return new Builder<>(title);
    }

    String title() {
        return title;
    }

    List<FieldMapping> mappings() {
        return rows.values().stream().map(Row::mapping).toList();
    }

    void read(ForeignValue object, D draft) {
        for (Member member : object.members()) {
            Row<D> row = rows.get(member.key());
            if (row == null) {
                unknown(member);
            } else if (!member.value().isNothing()) {
                row.take().accept(draft, member.value());
            }
        }
    }

    private void unknown(Member member) {
        String advice = Suggestions.closest(member.key(), rows.keySet())
                .map(closest -> "did you mean `" + closest + "`?")
                .orElse("");
        member.value().dropped("no field of " + title + " that a rule is known for", advice);
    }

    /** Makes a table, row by row. */
    static final class Builder<D> {
        private final String title;
        private final Map<String, Row<D>> rows = new LinkedHashMap<>();

        private Builder(String title) {
            this.title = title;
        }

        FieldTable<D> build() {
            return new FieldTable<>(title, new LinkedHashMap<>(rows));
        }

        /** A field whose value is taken with a hand of its own. */
        Builder<D> value(String field, String becomes, BiConsumer<D, ForeignValue> take) {
            rows.put(field, new Row<>(new FieldMapping(field, becomes), take));
            return this;
        }

        Builder<D> text(String field, String becomes, BiConsumer<D, String> take) {
            return value(field, becomes, (draft, value) -> value.text().ifPresent(text -> take.accept(draft, text)));
        }

        Builder<D> texts(String field, String becomes, BiConsumer<D, List<String>> take) {
            return value(field, becomes, (draft, value) -> take.accept(draft, value.texts()));
        }

        Builder<D> whole(String field, String becomes, int least, BiConsumer<D, Integer> take) {
            return value(
                    field,
                    becomes,
                    (draft, value) -> value.whole(least).ifPresent(number -> take.accept(draft, number)));
        }

        Builder<D> flag(String field, String becomes, BiConsumer<D, Boolean> take) {
            return value(field, becomes, (draft, value) -> value.flag().ifPresent(flag -> take.accept(draft, flag)));
        }

        /** An object that has a table of its own. */
        <E> Builder<D> object(String field, FieldTable<E> table, Function<D, E> part) {
            return value(field, "see " + table.title(), (draft, value) -> table.read(value, part.apply(draft)));
        }

        /** A field that no job has; what it says is told with the reason. */
        Builder<D> dropped(String field, String why, String advice) {
            return value(field, "dropped: " + why, (draft, value) -> value.dropped(why, advice));
        }

        /** Several fields that are dropped for one reason. */
        Builder<D> dropped(List<String> fields, String why, String advice) {
            fields.forEach(field -> dropped(field, why, advice));
            return this;
        }
    }
}
