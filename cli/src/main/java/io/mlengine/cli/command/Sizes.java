package io.mlengine.cli.command;

import io.mlengine.cli.output.ExitCode;
import io.mlengine.cli.output.Problem;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as users write them. */
final class Sizes {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,12}) ?([kKMGT])(i?)B?");
    private static final String UNITS = "KMGT";

    private Sizes() {}

    /** Reads {@code 500MB}, {@code 20 GiB}, {@code 20G}; a unit without {@code i} is decimal. */
    static long bytes(String text) {
        Matcher matcher = SIZE.matcher(text);
        if (text.equals("0")) {
            return 0;
        }
        if (!matcher.matches()) {
            throw Problem.of(ExitCode.USAGE, "not a size: " + text, "write for example 500MB, 20GB or 20GiB")
                    .raise();
        }
        long step = matcher.group(3).isEmpty() ? 1000 : 1024;
        long bytes = Long.parseLong(matcher.group(1));
        for (int i = UNITS.indexOf(matcher.group(2).toUpperCase(java.util.Locale.ROOT)); i >= 0; i--) {
            bytes = bytes > Long.MAX_VALUE / step ? Long.MAX_VALUE : bytes * step;
        }
        return bytes;
    }
}
