package io.mlengine.core.convert;

import io.mlengine.core.admission.Suggestions;
import io.mlengine.core.admission.ViolationCode;
import io.mlengine.core.convert.ConversionNote.Effect;
import io.mlengine.core.document.SourceNode;
import io.mlengine.core.document.SourceNode.Entry;
import io.mlengine.core.document.SourceNode.Mapping;
import io.mlengine.core.document.SourceNode.Scalar;
import io.mlengine.core.document.SourceNode.Sequence;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** A value of a foreign document. Taking it for another type than it has is a violation, never an exception. */
record ForeignValue(SourceNode node, DocumentPlace place, Ledger ledger) {
    /** A key of an object with its value. */
    record Member(String key, ForeignValue value) {}

    /** Null means the same as left out, as it does in Kubernetes. */
    boolean isNothing() {
        return node instanceof Scalar scalar && scalar.isNothing();
    }

    /** Null, or a list or an object of nothing. */
    boolean isEmpty() {
        return isNothing()
                || node instanceof Sequence sequence && sequence.items().isEmpty()
                || node instanceof Mapping mapping && mapping.entries().isEmpty();
    }

    Optional<String> text() {
        return node instanceof Scalar scalar && scalar.isText()
                ? Optional.of(scalar.text())
                : wrongType("expected a text, in quotes if it looks like a number");
    }

    /** A text or a number, for fields that may be either. */
    Optional<String> word() {
        return node instanceof Scalar scalar && !scalar.isNothing()
                ? Optional.of(scalar.text())
                : wrongType("expected a word or a number");
    }

    Optional<Integer> whole(int least) {
        if (!(node instanceof Scalar scalar) || !scalar.isInteger()) {
            return wrongType("expected a whole number");
        }
        try {
            int number = Integer.parseInt(scalar.text());
            if (number >= least) {
                return Optional.of(number);
            }
        } catch (NumberFormatException tooLarge) {
            // Told below like any other number that does not fit.
        }
        ledger.reject(ViolationCode.OUT_OF_RANGE, place, scalar.text(), least + " to " + Integer.MAX_VALUE);
        return Optional.empty();
    }

    Optional<Boolean> flag() {
        return node instanceof Scalar scalar && scalar.isFlag()
                ? Optional.of(Boolean.parseBoolean(scalar.text()))
                : wrongType("expected true or false");
    }

    /** One of some constants by its spelling. */
    <E> Optional<E> oneOf(List<E> constants, Function<E, String> spelling) {
        return text().flatMap(text -> {
            Optional<E> found = constants.stream()
                    .filter(constant -> spelling.apply(constant).equals(text))
                    .findFirst();
            if (found.isEmpty()) {
                List<String> words = constants.stream().map(spelling).toList();
                reject(ViolationCode.UNKNOWN_WORD, text, Suggestions.advice(text, words));
            }
            return found;
        });
    }

    List<ForeignValue> items() {
        if (!(node instanceof Sequence sequence)) {
            wrongType("expected a list");
            return List.of();
        }
        List<ForeignValue> items = new ArrayList<>();
        for (int i = 0; i < sequence.items().size(); i++) {
            SourceNode item = sequence.items().get(i);
            items.add(new ForeignValue(item, place.item(i, item.position()), ledger));
        }
        return items;
    }

    List<String> texts() {
        List<String> texts = new ArrayList<>();
        items().forEach(item -> item.text().ifPresent(texts::add));
        return texts;
    }

    /** The keys with their values, each key once. */
    List<Member> members() {
        if (!(node instanceof Mapping mapping)) {
            wrongType("expected an object");
            return List.of();
        }
        Set<String> seen = new HashSet<>();
        List<Member> members = new ArrayList<>();
        for (Entry entry : mapping.entries()) {
            DocumentPlace at = place.key(entry.key(), entry.value().position());
            if (seen.add(entry.key())) {
                members.add(new Member(entry.key(), new ForeignValue(entry.value(), at, ledger)));
            } else {
                String advice = "`" + entry.key() + "` stands here twice, remove one";
                ledger.reject(
                        ViolationCode.DUPLICATE_KEY, place.key(entry.key(), entry.keyPosition()), entry.key(), advice);
            }
        }
        return members;
    }

    /** The texts of an object, key by key. */
    void eachText(BiConsumer<String, String> take) {
        members().forEach(member -> member.value().text().ifPresent(text -> take.accept(member.key(), text)));
    }

    /** Looks at a text that has been read, or will be; empty when it is none. */
    String peekText() {
        return node instanceof Scalar scalar ? scalar.text() : "";
    }

    /** Looks at a text inside an object before the object is read; whatever is wrong is told when it is. */
    Optional<String> peek(String key) {
        return node instanceof Mapping mapping
                ? mapping.value(key)
                        .filter(value -> value instanceof Scalar scalar && !scalar.isNothing())
                        .map(value -> ((Scalar) value).text())
                : Optional.empty();
    }

    /** A field of an object, looked at before the object is read. */
    Optional<ForeignValue> at(String key) {
        return node instanceof Mapping mapping
                ? mapping.value(key).map(value -> new ForeignValue(value, place.key(key, value.position()), ledger))
                : Optional.empty();
    }

    /** Whether a field of an object holds something other than null. */
    boolean has(String key) {
        return node instanceof Mapping mapping
                && mapping.value(key)
                        .filter(value -> !(value instanceof Scalar scalar && scalar.isNothing()))
                        .isPresent();
    }

    void dropped(String why, String advice) {
        if (!isEmpty()) {
            ledger.note(Effect.DROPPED, place, why, advice);
        }
    }

    void changed(String what, String advice) {
        ledger.note(Effect.CHANGED, place, what, advice);
    }

    void check(String why, String advice) {
        ledger.note(Effect.CHECK, place, why, advice);
    }

    void reject(ViolationCode code, String found, String advice) {
        ledger.reject(code, place, found, advice);
    }

    private <V> Optional<V> wrongType(String expected) {
        String found = node instanceof Scalar scalar ? scalar.text() : node.noun();
        reject(ViolationCode.WRONG_TYPE, found, expected + ", this is " + node.noun());
        return Optional.empty();
    }
}
