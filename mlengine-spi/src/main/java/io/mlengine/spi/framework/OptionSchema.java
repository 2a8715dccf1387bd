package io.mlengine.spi.framework;

import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * The options that a framework understands.
 *
 * @param options the options, names distinct
 */
public record OptionSchema(List<Option> options) {
    /** No options. */
    public static final OptionSchema NONE = new OptionSchema(List.of());

    /** Copies the list. */
    public OptionSchema {
        options = List.copyOf(options);
    }

    /**
     * Returns a schema of these options.
     *
     * @param options the options
     * @return the schema
     */
    public static OptionSchema of(Option... options) {
        return new OptionSchema(List.of(options));
    }

    /**
     * Finds an option.
     *
     * @param name its name
     * @return the option, or empty
     */
    public Optional<Option> option(String name) {
        return options.stream().filter(option -> option.name().equals(name)).findFirst();
    }

    /** The types a value can have. */
    public enum Type {
        /** Any text. */
        TEXT,
        /** A whole number. */
        INTEGER,
        /** A number. */
        NUMBER,
        /** true or false. */
        FLAG,
        /** A list of texts. */
        LIST,
        /** A whole number, or one of the allowed words. */
        INTEGER_OR_WORD
    }

    /** One option. */
    @io.mlengine.spi.model.ModelStyle
    @Value.Immutable
    public interface Option {
        /**
         * Its name, in camel case.
         *
         * @return the name
         */
        String name();

        /**
         * Its type.
         *
         * @return the type
         */
        Type type();

        /**
         * What it does, one sentence.
         *
         * @return the text
         */
        String description();

        /**
         * The default, for people.
         *
         * @return the text, or empty for none
         */
        Optional<String> defaultText();

        /**
         * Words allowed; for {@link Type#TEXT} and {@link Type#INTEGER_OR_WORD}.
         *
         * @return the words, empty for any
         */
        List<String> words();

        /**
         * Least value of a number.
         *
         * @return the bound
         */
        Optional<Long> least();

        /**
         * Largest value of a number.
         *
         * @return the bound
         */
        Optional<Long> most();

        /**
         * Starts an option.
         *
         * @param name its name
         * @param type its type
         * @param description what it does
         * @return a builder
         */
        static Builder of(String name, Type type, String description) {
            return new Builder().name(name).type(type).description(description);
        }

        /** Builds an {@link Option}. */
        final class Builder extends ImmutableOption.Builder {}
    }
}
