package io.mlengine.backend.local.process;

import java.util.Set;
import java.util.regex.Pattern;

/** Writes words that a POSIX shell reads back unchanged. */
public final class ShellText {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /** Names that bash does not let anybody assign. */
    private static final Set<String> READ_ONLY =
            Set.of("BASHOPTS", "BASH_VERSINFO", "EUID", "PPID", "SHELLOPTS", "UID");

    private ShellText() {}

    /**
     * Quotes a word.
     *
     * @param word any text without the character NUL
     * @return the word between single quotes
     */
    public static String quote(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }

    /**
     * Tells whether a shell can assign a variable of this name.
     *
     * @param name the name
     * @return true for letters, digits and underscores that do not begin with a digit, except what bash reserves
     */
    public static boolean isVariableName(String name) {
        return NAME.matcher(name).matches() && !READ_ONLY.contains(name);
    }
}
