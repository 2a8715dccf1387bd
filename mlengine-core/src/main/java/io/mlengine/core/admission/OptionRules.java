package io.mlengine.core.admission;

import io.mlengine.spi.framework.OptionSchema;
import io.mlengine.spi.framework.OptionSchema.Option;
import io.mlengine.spi.model.FrameworkOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Framework options against the schema that the framework's plugin gives. */
final class OptionRules {
    private static final String PATH = "spec.frameworkOptions";

    private OptionRules() {}

    static void check(FrameworkOptions options, OptionSchema schema, Findings findings) {
        List<String> names = schema.options().stream().map(Option::name).toList();
        options.values().forEach((name, value) -> {
            String path = FieldPath.key(PATH, name);
            Optional<Option> option = schema.option(name);
            if (option.isEmpty()) {
                findings.add(ViolationCode.UNKNOWN_OPTION, path, name, Suggestions.advice(name, names));
            } else if (!fits(option.get(), value)) {
                findings.add(ViolationCode.BAD_OPTION, path, value.toString(), allowed(option.get()));
            }
        });
    }

    private static boolean fits(Option option, Object value) {
        return switch (option.type()) {
            case TEXT ->
                value instanceof String text
                        && (option.words().isEmpty() || option.words().contains(text));
            case INTEGER -> value instanceof Long number && isWithin(option, number);
            case NUMBER -> value instanceof Number number && isWithin(option, number.doubleValue());
            case FLAG -> value instanceof Boolean;
            case LIST -> value instanceof List<?>;
            case INTEGER_OR_WORD ->
                (value instanceof Long number && isWithin(option, number))
                        || (value instanceof String text && option.words().contains(text));
        };
    }

    private static boolean isWithin(Option option, double value) {
        return option.least().map(least -> value >= least).orElse(true)
                && option.most().map(most -> value <= most).orElse(true);
    }

    private static String allowed(Option option) {
        List<String> parts = new ArrayList<>();
        switch (option.type()) {
            case TEXT -> parts.add(option.words().isEmpty() ? "a text, in quotes if it looks like a number" : "");
            case INTEGER, INTEGER_OR_WORD -> parts.add("a whole number" + bounds(option));
            case NUMBER -> parts.add("a number" + bounds(option));
            case FLAG -> parts.add("true or false");
            case LIST -> parts.add("a list of texts");
        }
        if (!option.words().isEmpty()) {
            parts.add("one of " + String.join(", ", option.words()));
        }
        parts.removeIf(String::isEmpty);
        return String.join(", or ", parts);
    }

    private static String bounds(Option option) {
        String least = option.least().map(bound -> " from " + bound).orElse("");
        return least
                + option.most()
                        .map(bound -> (least.isEmpty() ? " up to " : " to ") + bound)
                        .orElse("");
    }
}
