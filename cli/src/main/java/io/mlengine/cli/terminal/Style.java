package io.mlengine.cli.terminal;

/**
 * Colours and characters that may be used. Colour never carries a meaning of its own.
 *
 * @param color whether escape sequences for colours may be written
 * @param unicode whether characters beyond ASCII may be written
 */
public record Style(boolean color, boolean unicode) {
    /** No colours, ASCII only. */
    public static final Style PLAIN = new Style(false, false);

    private static final String BLOCKS = "▁▂▃▄▅▆▇█";
    private static final String ASCII_BLOCKS = "_.-=*#";
    private static final String RESET = "\u001b[0m";

    /** Marks something good. */
    public String green(String text) {
        return paint("32", text);
    }

    /** Marks something to look at. */
    public String yellow(String text) {
        return paint("33", text);
    }

    /** Marks something bad. */
    public String red(String text) {
        return paint("31", text);
    }

    /** Marks what matters most. */
    public String bold(String text) {
        return paint("1", text);
    }

    /** Marks what matters least. */
    public String dim(String text) {
        return paint("2", text);
    }

    /** Between parts of a line. */
    public String dot() {
        return unicode ? " · " : " - ";
    }

    /** Between a prefix and a line of a log. */
    public String bar() {
        return unicode ? "│" : "|";
    }

    /** A line across the screen. */
    public String rule(int width) {
        return dim((unicode ? "─" : "-").repeat(Math.max(0, width)));
    }

    /** What stands for something that was cut off. */
    public String ellipsis() {
        return unicode ? "…" : "~";
    }

    /** All is well. */
    public String check() {
        return green(unicode ? "✔" : "ok");
    }

    /** Something is missing. */
    public String cross() {
        return red(unicode ? "✖" : "x");
    }

    /** Something is limited. */
    public String warning() {
        return yellow("!");
    }

    /**
     * One cell of a sparkline.
     *
     * @param share height, from 0 to 1; a negative one leaves the cell empty
     * @return one character
     */
    public char block(double share) {
        if (share < 0) {
            return ' ';
        }
        String blocks = unicode ? BLOCKS : ASCII_BLOCKS;
        int step = (int) Math.ceil(Math.min(1, share) * blocks.length()) - 1;
        return blocks.charAt(Math.max(0, step));
    }

    private String paint(String code, String text) {
        return color && !text.isEmpty() ? "\u001b[" + code + "m" + text + RESET : text;
    }
}
