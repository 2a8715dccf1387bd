package io.mlengine.backend.k8s.pod;

import io.mlengine.spi.framework.PlanFile;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Protects words from the node, which expands {@code $(NAME)} and {@code $$} in commands and variables. It also spoils
 * a letter beyond ASCII that follows a dollar, so every dollar is doubled, not only those that begin an expansion.
 */
final class Expansion {
    private Expansion() {}

    /** Text that the program gets as it is. */
    static String literal(String text) {
        return text.replace("$", "$$");
    }

    /** Text of a plan: the program gets it with the folder of the plan's files in place of its stand-in. */
    static String planned(String text) {
        String marker = PlanFile.FOLDER;
        return Arrays.stream(text.split(Pattern.quote(marker), -1))
                .map(Expansion::literal)
                .collect(Collectors.joining(marker));
    }
}
