package io.mlengine.core.admission;

import java.util.regex.Pattern;

/** Writes field paths such as {@code spec.roles[0].env.NAME} or {@code metadata.labels["example.org/team"]}. */
public final class FieldPath {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*");

    private FieldPath() {}

    /**
     * Goes to a key of an object.
     *
     * @param path the object, empty for the document
     * @param key the key
     * @return the key's path
     */
    public static String key(String path, String key) {
        if (PLAIN.matcher(key).matches()) {
            return path.isEmpty() ? key : path + "." + key;
        }
        return path + "[\"" + key.replace("\\", "\\\\").replace("\"", "\\\"") + "\"]";
    }

    /**
     * Goes to an item of a list.
     *
     * @param path the list
     * @param index the item's index, from 0
     * @return the item's path
     */
    public static String item(String path, int index) {
        return path + "[" + index + "]";
    }

    /**
     * Tells whether a path is another or lies below it.
     *
     * @param path the path
     * @param above the other, empty for the document
     * @return true when it is
     */
    public static boolean isWithin(String path, String above) {
        if (!path.startsWith(above)) {
            return false;
        }
        return above.isEmpty()
                || path.length() == above.length()
                || path.charAt(above.length()) == '.'
                || path.charAt(above.length()) == '[';
    }
}
