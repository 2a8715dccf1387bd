package io.mlengine.spi.model;

/** The value of an environment variable: text, or a reference to a secret that only the backend resolves. */
public sealed interface EnvValue {
    /** The variants, for exhaustive switches. */
    enum Kind {
        /** {@link Literal}. */
        LITERAL,
        /** {@link Secret}. */
        SECRET
    }

    /**
     * Returns which variant this is.
     *
     * @return the variant
     */
    Kind kind();

    /**
     * Text as it is.
     *
     * @param value the text
     */
    record Literal(String value) implements EnvValue {
        @Override
        public Kind kind() {
            return Kind.LITERAL;
        }
    }

    /**
     * A value that is looked up when the replica starts and is never stored.
     *
     * @param ref where it lies
     */
    record Secret(SecretRef ref) implements EnvValue {
        @Override
        public Kind kind() {
            return Kind.SECRET;
        }
    }

    /**
     * Returns text as a value.
     *
     * @param value the text
     * @return the value
     */
    static EnvValue of(String value) {
        return new Literal(value);
    }

    /**
     * Returns a reference to a secret.
     *
     * @param name the secret's name
     * @param key the key inside it
     * @return the value
     */
    static EnvValue secret(String name, String key) {
        return new Secret(new SecretRef(name, key));
    }
}
