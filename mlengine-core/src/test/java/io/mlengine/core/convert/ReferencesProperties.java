package io.mlengine.core.convert;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ReferencesProperties {
    private static final Map<String, String> KNOWN = Map.of("A", "one", "B", "$(A)$$", "A B", "two");

    private static String expand(String text) {
        return References.expand(text, ReferencesProperties::value);
    }

    private static String value(String name) {
        return KNOWN.getOrDefault(name, "$(" + name + ")");
    }

    @Property(tries = 5000)
    void textIsExpandedAsTheNodeDoes(@ForAll("texts") String text) {
        assertThat(expand(text)).isEqualTo(Oracle.expand(text));
    }

    @Property
    void aTextWithAllDollarsDoubledIsGotAsItWas(@ForAll String text) {
        assertThat(expand(text.replace("$", "$$"))).isEqualTo(text);
    }

    @Example
    void documentedCasesOfKubernetes() {
        assertThat(expand("$(A)-$(A)")).isEqualTo("one-one");
        assertThat(expand("$$(A)")).isEqualTo("$(A)");
        assertThat(expand("$$$(A)")).isEqualTo("$one");
        assertThat(expand("$$$$(A)")).isEqualTo("$$(A)");
        assertThat(expand("$(C) costs 5$$")).isEqualTo("$(C) costs 5$");
        assertThat(expand("$(B)")).as("not looked through again").isEqualTo("$(A)$$");
        assertThat(expand("$(A $A $")).as("nothing that ends").isEqualTo("$(A $A $");
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.strings().withChars("$$$(()AB x").ofMaxLength(12);
    }

    /** Kubernetes' own loop (third_party/forked/golang/expansion/expand.go), word by word, for ASCII. */
    private static final class Oracle {
        private static String expand(String input) {
            StringBuilder buffer = new StringBuilder();
            int checkpoint = 0;
            for (int cursor = 0; cursor < input.length(); cursor++) {
                if (input.charAt(cursor) == '$' && cursor + 1 < input.length()) {
                    buffer.append(input, checkpoint, cursor);
                    cursor += read(input.substring(cursor + 1), buffer);
                    checkpoint = cursor + 1;
                }
            }
            return buffer + input.substring(checkpoint);
        }

        /** Returns by how much the cursor advances. */
        private static int read(String input, StringBuilder buffer) {
            switch (input.charAt(0)) {
                case '$' -> {
                    buffer.append('$');
                    return 1;
                }
                case '(' -> {
                    int close = input.indexOf(')', 1);
                    buffer.append(close < 0 ? "$(" : value(input.substring(1, close)));
                    return close < 0 ? 1 : close + 1;
                }
                default -> {
                    buffer.append('$').append(input.charAt(0));
                    return 1;
                }
            }
        }
    }
}
