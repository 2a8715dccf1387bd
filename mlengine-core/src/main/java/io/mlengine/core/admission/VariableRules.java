package io.mlengine.core.admission;

import io.mlengine.spi.model.EnvValue;
import java.util.List;
import java.util.SortedMap;
import java.util.regex.Pattern;

/** Environment variables: their form, and who else sets them. */
final class VariableRules {
    /** Variables that the engine and its backends set; a star stands for anything. */
    static final List<String> RESERVED = List.of("MLENGINE_*", "*_VISIBLE_DEVICES");

    private static final Pattern FORM = Pattern.compile(NameRules.VARIABLE_FORM);

    private VariableRules() {}

    static void check(String path, SortedMap<String, EnvValue> variables, List<String> ofFramework, Findings findings) {
        for (String name : variables.keySet()) {
            String at = FieldPath.key(path, name);
            if (!FORM.matcher(name).matches()) {
                findings.add(ViolationCode.BAD_VARIABLE, at, name, "letters, digits and _, no digit first");
            } else if (isOneOf(name, RESERVED)) {
                findings.add(ViolationCode.RESERVED_VARIABLE, at, name, "the engine sets `" + name + "`; remove it");
            } else if (isOneOf(name, ofFramework)) {
                String advice = "the framework sets `" + name + "`; remove it";
                findings.add(ViolationCode.RESERVED_VARIABLE, at, name, advice);
            }
        }
    }

    private static boolean isOneOf(String name, List<String> patterns) {
        return patterns.stream().anyMatch(pattern -> matches(name, pattern));
    }

    private static boolean matches(String name, String pattern) {
        if (pattern.endsWith("*")) {
            return name.startsWith(pattern.substring(0, pattern.length() - 1));
        }
        if (pattern.startsWith("*")) {
            return name.endsWith(pattern.substring(1));
        }
        return name.equals(pattern);
    }
}
