package io.mlengine.core.document;

import io.mlengine.core.document.ObjectType.Given;
import io.mlengine.core.document.ObjectType.Group;
import io.mlengine.core.document.ObjectType.Leaf;
import io.mlengine.core.document.ObjectType.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Lists the rows of a model that has a builder, in the document's order. */
final class ObjectTypeBuilder<T, B> {
    private final String noun;
    private final List<BiConsumer<Given, B>> setters;
    private final List<Part<T>> parts = new ArrayList<>();

    ObjectTypeBuilder(String noun) {
        this(noun, new ArrayList<>());
    }

    private ObjectTypeBuilder(String noun, List<BiConsumer<Given, B>> setters) {
        this.noun = noun;
        this.setters = setters;
    }

    /** Adds a row whose value goes into the builder; without a value a placeholder does, if the row has one. */
    <V> ObjectTypeBuilder<T, B> with(Field<T, V> field, BiConsumer<B, V> set) {
        parts.add(new Leaf<>(field));
        setters.add((given, builder) ->
                given.find(field).or(field::fallback).ifPresent(value -> set.accept(builder, value)));
        return this;
    }

    /** Adds a row that says nothing about the model. */
    ObjectTypeBuilder<T, B> constant(Field<T, String> field) {
        parts.add(new Leaf<>(field));
        return this;
    }

    /** Adds a key below which further rows of the same model stand. */
    ObjectTypeBuilder<T, B> group(
            String name, String description, boolean isRequired, Consumer<ObjectTypeBuilder<T, B>> rows) {
        ObjectTypeBuilder<T, B> below = new ObjectTypeBuilder<>(noun, setters);
        rows.accept(below);
        parts.add(new Group<>(name, description, isRequired, List.copyOf(below.parts)));
        return this;
    }

    ObjectType<T> build(Supplier<B> start, Function<B, T> finish) {
        List<BiConsumer<Given, B>> all = List.copyOf(setters);
        return ObjectType.of(noun, parts, given -> {
            B builder = start.get();
            all.forEach(setter -> setter.accept(given, builder));
            return finish.apply(builder);
        });
    }
}
