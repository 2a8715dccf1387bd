package io.mlengine.cli.log;

import io.mlengine.spi.framework.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/** Writes one line a record; only a text's stack trace takes more. Levels are named as in SLF4J. */
final class LogFormat extends Formatter {
    private final LogForm form;

    LogFormat(LogForm form) {
        this.form = form;
    }

    @Override
    public String format(LogRecord record) {
        String time = record.getInstant().truncatedTo(ChronoUnit.MILLIS).toString();
        String logger = Objects.requireNonNullElse(record.getLoggerName(), "");
        return switch (form) {
            case TEXT ->
                time + " " + level(record.getLevel()) + " " + logger + " - " + formatMessage(record) + "\n"
                        + stack(record);
            case JSON -> {
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("time", time);
                line.put("level", level(record.getLevel()));
                line.put("logger", logger);
                line.put("message", formatMessage(record));
                String stack = stack(record);
                if (!stack.isEmpty()) {
                    line.put("error", stack);
                }
                yield Json.write(line) + "\n";
            }
        };
    }

    private static String level(Level level) {
        int value = level.intValue();
        return value >= Level.SEVERE.intValue()
                ? "ERROR"
                : value >= Level.WARNING.intValue() ? "WARN" : value >= Level.INFO.intValue() ? "INFO" : "DEBUG";
    }

    private static String stack(LogRecord record) {
        if (record.getThrown() == null) {
            return "";
        }
        StringWriter text = new StringWriter();
        record.getThrown().printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }
}
