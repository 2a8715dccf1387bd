package io.mlengine.backend.k8s.webhook;

import io.mlengine.core.admission.FieldPath;
import io.mlengine.core.admission.ViolationCode;
import io.mlengine.core.document.TrainDocument;
import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What was changed in the spec of a job that is accepted, and may not be. The size of an elastic role may change within
 * its bounds. Two specs that say the same in other words are equal. Pure.
 */
final class SpecChanges {
    private static final String ADVICE = "a job is fixed once it is accepted, make another one";
    // What stands there may be a password that somebody did not put into a secret.
    private static final Pattern UNSPOKEN = Pattern.compile("env|variables|buildVariables|command|args");

    private final List<Violation> violations = new ArrayList<>();

    private SpecChanges() {}

    static List<Violation> of(MLTrain before, MLTrain after) {
        SpecChanges changes = new SpecChanges();
        for (int i = 0; i < Math.min(before.roles().size(), after.roles().size()); i++) {
            changes.size(i, before.roles().get(i), after.roles().get(i));
        }
        changes.value("spec", true, tree(before), tree(alike(before, after)));
        return changes.violations;
    }

    private static @Nullable Object tree(MLTrain train) {
        return TrainDocument.tree(train).get("spec");
    }

    /** The new job with the old sizes of its elastic roles: these were judged already. */
    private static MLTrain alike(MLTrain before, MLTrain after) {
        List<Role> roles = new ArrayList<>(after.roles());
        for (int i = 0; i < Math.min(roles.size(), before.roles().size()); i++) {
            Role old = before.roles().get(i);
            if (old.isElastic() && old.name().equals(roles.get(i).name())) {
                roles.set(
                        i,
                        Role.builder()
                                .from(roles.get(i))
                                .replicas(old.replicas())
                                .build());
            }
        }
        return MLTrain.builder().from(after).roles(roles).build();
    }

    private void size(int index, Role before, Role after) {
        int replicas = after.replicas();
        int least = before.minReplicas().orElse(1);
        int most = before.maxReplicas().orElse(Integer.MAX_VALUE);
        if (before.isElastic() && replicas != before.replicas() && (replicas < least || replicas > most)) {
            String bounds = before.maxReplicas().isPresent() ? least + " to " + most : "at least " + least;
            violations.add(ViolationCode.OUT_OF_RANGE.at(
                    FieldPath.key(FieldPath.item("spec.roles", index), "replicas"),
                    Integer.toString(replicas),
                    replicas + " is not allowed: " + bounds));
        }
    }

    private void value(String path, boolean isSpoken, @Nullable Object before, @Nullable Object after) {
        if (Objects.equals(before, after)) {
            return;
        }
        if (isObject(before, after)) {
            Map<?, ?> old = before instanceof Map<?, ?> map ? map : Map.of();
            Map<?, ?> now = after instanceof Map<?, ?> map ? map : Map.of();
            Set<String> keys = new TreeSet<>();
            old.keySet().forEach(key -> keys.add((String) key));
            now.keySet().forEach(key -> keys.add((String) key));
            for (String key : keys) {
                boolean isNextSpoken = isSpoken && !UNSPOKEN.matcher(key).matches();
                value(FieldPath.key(path, key), isNextSpoken, old.get(key), now.get(key));
            }
        } else if (before instanceof List<?> old && after instanceof List<?> now && old.size() == now.size()) {
            for (int i = 0; i < old.size(); i++) {
                value(FieldPath.item(path, i), isSpoken, old.get(i), now.get(i));
            }
        } else {
            String change = isSpoken ? "was " + text(before) + ", now " + text(after) : "its value has changed";
            violations.add(
                    ViolationCode.IMMUTABLE.at(path, isSpoken ? found(after) : "", change + "; " + advice(path)));
        }
    }

    /** Whether at least one is an object, and the other is one too or left out. */
    private static boolean isObject(@Nullable Object before, @Nullable Object after) {
        return (before instanceof Map || before == null) && (after instanceof Map || after == null);
    }

    private static String advice(String path) {
        return path.equals("spec.runPolicy.suspend")
                ? "it counts at the submit only, later use `spec.desired`: Run or Suspend"
                : ADVICE;
    }

    private static String text(@Nullable Object value) {
        if (value == null) {
            return "at its default";
        }
        String found = found(value);
        return found.isEmpty() ? "something else" : "`" + found + "`";
    }

    /** A single value as text; empty for everything else. */
    private static String found(@Nullable Object value) {
        return value == null || value instanceof Map || value instanceof List ? "" : value.toString();
    }
}
