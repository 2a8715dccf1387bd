package io.mlengine.cli.terminal;

/** Measures and cuts text in the cells of a terminal; colours take no cell. */
public final class Cells {
    private Cells() {}

    /** How many cells a text takes. */
    public static int width(String text) {
        int width = 0;
        int i = 0;
        while (i < text.length()) {
            int end = escapeEnd(text, i);
            if (end > i) {
                i = end;
                continue;
            }
            int point = text.codePointAt(i);
            width += width(point);
            i += Character.charCount(point);
        }
        return width;
    }

    /** Cuts a text that is too wide and marks the cut; keeps colours. */
    public static String cut(String text, int width, Style style) {
        if (width(text) <= width) {
            return text;
        }
        if (width <= 0) {
            return "";
        }
        StringBuilder out = new StringBuilder();
        int used = 0;
        int i = 0;
        boolean colored = false;
        while (i < text.length()) {
            int end = escapeEnd(text, i);
            if (end > i) {
                out.append(text, i, end);
                colored = true;
                i = end;
                continue;
            }
            int point = text.codePointAt(i);
            if (used + width(point) > width - 1) {
                break;
            }
            out.appendCodePoint(point);
            used += width(point);
            i += Character.charCount(point);
        }
        out.append(style.ellipsis());
        return colored ? out.append("\u001b[0m").toString() : out.toString();
    }

    /** Cuts or fills with spaces on the right. */
    public static String pad(String text, int width, Style style) {
        String cut = cut(text, width, style);
        return cut + " ".repeat(Math.max(0, width - width(cut)));
    }

    /** Puts one text to the left and one to the right; the left one gives way. */
    public static String sides(String left, String right, int width, Style style) {
        int room = width - width(right) - 2;
        if (right.isEmpty() || room < 8) {
            return cut(left, width, style);
        }
        return pad(left, room, style) + "  " + right;
    }

    /**
     * Makes a foreign line harmless: colours, cursor movements and other control characters go, tabs become spaces, and
     * of a progress bar that was drawn over itself the last state stays.
     */
    public static String clean(String line) {
        int end = line.length();
        while (end > 0 && line.charAt(end - 1) == '\r') {
            end--;
        }
        int begin = line.lastIndexOf('\r', end - 1) + 1;
        StringBuilder out = new StringBuilder(end - begin);
        int i = begin;
        while (i < end) {
            int escape = escapeEnd(line, i);
            if (escape > i) {
                i = escape;
                continue;
            }
            char c = line.charAt(i++);
            if (c == '\t') {
                out.append("    ");
            } else if (!Character.isISOControl(c)) {
                out.append(c);
            }
        }
        return out.toString();
    }

    /** The end of the escape sequence that begins here, or the same position. */
    private static int escapeEnd(String text, int at) {
        if (text.charAt(at) != '\u001b' || at + 1 >= text.length()) {
            return at;
        }
        char kind = text.charAt(at + 1);
        int i = at + 2;
        if (kind == '[') {
            while (i < text.length() && (text.charAt(i) < '@' || text.charAt(i) > '~')) {
                i++;
            }
            return Math.min(text.length(), i + 1);
        }
        if (kind == ']') {
            while (i < text.length() && text.charAt(i) != '\u0007' && text.charAt(i) != '\u001b') {
                i++;
            }
            return Math.min(text.length(), i + (i < text.length() && text.charAt(i) == '\u0007' ? 1 : 0));
        }
        return Math.min(text.length(), i);
    }

    private static int width(int point) {
        int type = Character.getType(point);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        boolean wide = point >= 0x1100
                && (point <= 0x115f
                        || point >= 0x2e80 && point <= 0xa4cf
                        || point >= 0xac00 && point <= 0xd7a3
                        || point >= 0xf900 && point <= 0xfaff
                        || point >= 0xfe30 && point <= 0xfe6f
                        || point >= 0xff00 && point <= 0xff60
                        || point >= 0xffe0 && point <= 0xffe6
                        || point >= 0x1f300 && point <= 0x1faff
                        || point >= 0x20000 && point <= 0x3fffd);
        return wide ? 2 : 1;
    }
}
