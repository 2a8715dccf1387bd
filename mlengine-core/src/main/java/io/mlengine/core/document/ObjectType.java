package io.mlengine.core.document;

import io.mlengine.core.admission.FieldPath;
import io.mlengine.core.admission.ViolationCode;
import io.mlengine.core.document.SourceNode.Entry;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/** An object with known keys: its rows of the field table, and how a model is made of their values. */
final class ObjectType<T> implements ValueType<T> {
    private final String noun;
    private final List<Part<T>> parts;
    private final Function<Given, T> make;

    private ObjectType(String noun, List<Part<T>> parts, Function<Given, T> make) {
        this.noun = noun;
        this.parts = List.copyOf(parts);
        this.make = make;
    }

    /** An object that becomes a record or another value with a constructor. */
    @SafeVarargs
    static <T> ObjectType<T> of(String noun, Function<Given, T> make, Field<T, ?>... fields) {
        List<Part<T>> parts = new ArrayList<>();
        for (Field<T, ?> field : fields) {
            parts.add(new Leaf<>(field));
        }
        return new ObjectType<>(noun, parts, make);
    }

    /** An object that becomes a model with a builder. */
    static <T, B> ObjectTypeBuilder<T, B> builder(String noun) {
        return new ObjectTypeBuilder<>(noun);
    }

    static <T> ObjectType<T> of(String noun, List<Part<T>> parts, Function<Given, T> make) {
        return new ObjectType<>(noun, parts, make);
    }

    @Override
    public Optional<T> read(SourceNode node, String path, Reading reading) {
        Given given = new Given();
        if (!read(parts, node, path, reading, given)) {
            return Optional.empty();
        }
        return given.isComplete ? Optional.of(make.apply(given)) : Optional.empty();
    }

    private boolean read(List<Part<T>> of, SourceNode node, String path, Reading reading, Given given) {
        Optional<List<Entry>> entries = reading.entries(node, path, "expected " + noun);
        if (entries.isEmpty()) {
            return false;
        }
        Map<String, Entry> byKey = new LinkedHashMap<>();
        entries.get().forEach(entry -> byKey.put(entry.key(), entry));
        for (Part<T> part : of) {
            Entry entry = byKey.remove(part.name());
            String at = FieldPath.key(path, part.name());
            if (entry == null) {
                if (part.isRequired()) {
                    String advice = "`" + part.name() + "` is required";
                    reading.reject(ViolationCode.MISSING_FIELD, at, node.position(), "", advice);
                    part.missing(given);
                }
            } else {
                reading.note(at, entry.value().position());
                part.read(this, entry.value(), at, reading, given);
            }
        }
        byKey.values().forEach(entry -> unknown(of, entry, path, reading));
        return true;
    }

    private static <T> void unknown(List<Part<T>> of, Entry entry, String path, Reading reading) {
        String at = FieldPath.key(path, entry.key());
        List<String> names = of.stream().map(Part::name).toList();
        String advice = ForeignWords.advice(entry.key(), path, names);
        reading.reject(ViolationCode.UNKNOWN_FIELD, at, entry.keyPosition(), entry.key(), advice);
    }

    @Override
    public Map<String, Object> write(T model) {
        return write(parts, model);
    }

    private static <T> Map<String, Object> write(List<Part<T>> of, T model) {
        Map<String, Object> out = new LinkedHashMap<>();
        of.forEach(part -> part.write(model).ifPresent(value -> out.put(part.name(), value)));
        return out;
    }

    @Override
    public Map<String, Object> schema() {
        return schema(parts);
    }

    private static <T> Map<String, Object> schema(List<Part<T>> of) {
        Map<String, Object> properties = new LinkedHashMap<>();
        of.forEach(part -> properties.put(part.name(), part.schema()));
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        schema.put("properties", properties);
        List<String> required =
                of.stream().filter(Part::isRequired).map(Part::name).toList();
        if (!required.isEmpty()) {
            schema.put("required", required);
        }
        schema.put("additionalProperties", false);
        return schema;
    }

    @Override
    public Shape shape() {
        return shape(parts);
    }

    private static <T> Shape shape(List<Part<T>> of) {
        Map<String, ValueType<?>> fields = new LinkedHashMap<>();
        of.forEach(part -> fields.put(part.name(), part.type()));
        return new Shape(Shape.Kind.OBJECT, fields, Optional.empty());
    }

    /** The values that a document gave, by row. */
    static final class Given {
        private final Map<Field<?, ?>, Object> values = new IdentityHashMap<>();
        private boolean isComplete = true;

        private <V> void put(Field<?, V> field, V value) {
            values.put(field, value);
        }

        /** The value, or the row's default. */
        <V> V get(Field<?, V> field) {
            return find(field).or(field::fallback).orElseThrow();
        }

        @SuppressWarnings("unchecked") // put() lets only values of the row's own type in
        <V> Optional<V> find(Field<?, V> field) {
            return Optional.ofNullable((V) values.get(field));
        }

        OptionalInt findInt(Field<?, Integer> field) {
            return find(field).map(OptionalInt::of).orElse(OptionalInt.empty());
        }
    }

    /** A row, or a key that groups rows of the same model. */
    sealed interface Part<T> {
        /** The variants. */
        enum Kind {
            LEAF,
            GROUP
        }

        Kind kind();

        String name();

        boolean isRequired();

        void read(ObjectType<T> owner, SourceNode node, String path, Reading reading, Given given);

        /** Notes that a required part has no value. */
        void missing(Given given);

        Optional<Object> write(T model);

        Map<String, Object> schema();

        ValueType<?> type();
    }

    /** One row. */
    record Leaf<T, V>(Field<T, V> field) implements Part<T> {
        @Override
        public Kind kind() {
            return Kind.LEAF;
        }

        @Override
        public String name() {
            return field.name();
        }

        @Override
        public boolean isRequired() {
            return field.need() == Field.Need.REQUIRED;
        }

        @Override
        public void read(ObjectType<T> owner, SourceNode node, String path, Reading reading, Given given) {
            field.type()
                    .read(node, path, reading)
                    .ifPresentOrElse(value -> given.put(field, value), () -> missing(given));
        }

        @Override
        public void missing(Given given) {
            given.isComplete &= !isRequired() || field.fallback().isPresent();
        }

        @Override
        public Optional<Object> write(T model) {
            return field.read().apply(model).map(field.type()::write);
        }

        @Override
        public Map<String, Object> schema() {
            Map<String, Object> schema = new LinkedHashMap<>();
            schema.put("description", field.description());
            schema.putAll(field.type().schema());
            if (field.need() == Field.Need.DEFAULTED) {
                field.fallback().map(field.type()::write).ifPresent(value -> schema.put("default", value));
            }
            return schema;
        }

        @Override
        public ValueType<?> type() {
            return field.type();
        }
    }

    /** Rows of the same model below a key of their own. */
    record Group<T>(String name, String description, boolean isRequired, List<Part<T>> parts) implements Part<T> {
        @Override
        public Kind kind() {
            return Kind.GROUP;
        }

        @Override
        public void read(ObjectType<T> owner, SourceNode node, String path, Reading reading, Given given) {
            owner.read(parts, node, path, reading, given);
        }

        @Override
        public void missing(Given given) {
            parts.stream().filter(Part::isRequired).forEach(part -> part.missing(given));
        }

        @Override
        public Optional<Object> write(T model) {
            Map<String, Object> out = ObjectType.write(parts, model);
            return out.isEmpty() && !isRequired ? Optional.empty() : Optional.of(out);
        }

        @Override
        public Map<String, Object> schema() {
            Map<String, Object> schema = new LinkedHashMap<>();
            schema.put("description", description);
            schema.putAll(ObjectType.schema(parts));
            return schema;
        }

        @Override
        public ValueType<?> type() {
            return new ObjectType<>("an object", parts, given -> {
                throw new IllegalStateException(name + " is a part of the document, not a model");
            });
        }
    }
}
