package io.mlengine.cli.terminal;

import java.util.Map;

/**
 * What is known about the three streams before anything is written. The launcher tells it, because Java cannot: since
 * JDK 22 a console exists even when the streams are redirected, and before that it vanishes when any one of them is.
 *
 * @param input whether standard input is a terminal
 * @param output whether standard output is a terminal
 * @param error whether standard error is a terminal
 */
public record TerminalFacts(boolean input, boolean output, boolean error) {
    /** The property that the launcher sets: three digits for the streams 0, 1 and 2. */
    public static final String PROPERTY = "mlengine.terminal";

    /** No terminal anywhere. */
    public static final TerminalFacts NONE = new TerminalFacts(false, false, false);

    /**
     * Reads the launcher's word.
     *
     * @param word three digits, for example {@code 101}; anything else means no terminal
     * @return the facts
     */
    public static TerminalFacts of(String word) {
        return word.matches("[01]{3}")
                ? new TerminalFacts(word.charAt(0) == '1', word.charAt(1) == '1', word.charAt(2) == '1')
                : NONE;
    }

    /**
     * Tells whether a variable says that characters beyond ASCII can be shown.
     *
     * @param environment the variables
     * @return true for a UTF-8 locale
     */
    public static boolean isUnicode(Map<String, String> environment) {
        for (String variable : new String[] {"LC_ALL", "LC_CTYPE", "LANG"}) {
            String locale = environment.getOrDefault(variable, "");
            if (!locale.isEmpty()) {
                String lower = locale.toLowerCase(java.util.Locale.ROOT);
                return lower.contains("utf-8") || lower.contains("utf8");
            }
        }
        return false;
    }
}
