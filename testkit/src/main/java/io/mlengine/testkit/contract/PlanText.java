package io.mlengine.testkit.contract;

import io.mlengine.spi.framework.Json;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.framework.LogRule;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.EnvValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A launch plan as JSON for people: for golden files, and to compare plans, since patterns have no equality. */
public final class PlanText {
    private PlanText() {}

    /** The whole plan, one value a line. */
    public static String of(LaunchPlan plan) {
        StringBuilder out = new StringBuilder();
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("replicas", plan.replicas().stream().map(PlanText::tree).toList());
        tree.put("notes", plan.notes());
        append(out, tree, "");
        return out.append('\n').toString();
    }

    /** One replica's plan. */
    public static String of(ReplicaPlan plan) {
        return of(new LaunchPlan(List.of(plan), List.of()));
    }

    private static Map<String, Object> tree(ReplicaPlan plan) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("replica", plan.key().toString());
        tree.put("command", String.join(" ", plan.command()));
        Map<String, Object> env = new TreeMap<>();
        plan.env().forEach((name, value) -> env.put(name, text(value)));
        tree.put("env", env);
        tree.put("devices", plan.devices().name());
        tree.put("ready", (plan.ready().kind() + " " + plan.ready().argument()).strip());
        tree.put(
                "files",
                plan.files().stream()
                        .map(file -> (file.executable() ? "x " : "- ") + file.path() + " " + file.content())
                        .toList());
        tree.put("logRules", plan.logRules().stream().map(PlanText::text).toList());
        return tree;
    }

    private static String text(EnvValue value) {
        return switch (value.kind()) {
            case LITERAL -> ((EnvValue.Literal) value).value();
            case SECRET -> "secret " + ((EnvValue.Secret) value).ref();
        };
    }

    private static String text(LogRule rule) {
        return rule.failure()
                .map(failure -> failure + " " + rule.reason())
                .orElseGet(() -> "PROGRESS " + rule.pattern());
    }

    private static void append(StringBuilder out, Object value, String indent) {
        String inner = indent + "  ";
        if (value instanceof Map<?, ?> map && !map.isEmpty()) {
            String separator = "{\n";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.append(separator).append(inner);
                out.append(Json.write(String.valueOf(entry.getKey())));
                out.append(": ");
                append(out, entry.getValue(), inner);
                separator = ",\n";
            }
            out.append('\n').append(indent).append('}');
        } else if (value instanceof List<?> list && !list.isEmpty()) {
            String separator = "[\n";
            for (Object item : list) {
                out.append(separator).append(inner);
                append(out, item, inner);
                separator = ",\n";
            }
            out.append('\n').append(indent).append(']');
        } else {
            out.append(Json.write(value));
        }
    }
}
