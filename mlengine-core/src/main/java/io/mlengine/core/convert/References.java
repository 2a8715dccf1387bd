package io.mlengine.core.convert;

import io.mlengine.core.convert.ContainerDraft.Variable;
import io.mlengine.spi.model.EnvValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Replaces {@code $(NAME)} and {@code $$}, which Kubernetes does in commands, arguments and variables, by what is known
 * now. A name that nobody set stays as it stands, as it does there.
 */
final class References {
    private static final Pattern NAME = Pattern.compile("[-._A-Za-z][-._A-Za-z0-9]*");

    private final Map<String, Variable> known = new LinkedHashMap<>();
    private boolean isOpen;

    private References() {}

    static void resolve(ContainerDraft container) {
        References references = new References();
        Map<String, Variable> resolved = new LinkedHashMap<>();
        container.env.forEach((name, variable) -> {
            Variable value = references.resolved(variable);
            resolved.put(name, value);
            // A variable may speak of those before it only.
            references.known.put(name, value);
        });
        container.env.putAll(resolved);
        references.isOpen = false;
        container.command = references.resolved(container.command);
        container.args = references.resolved(container.args);
        if (references.isOpen) {
            container
                    .programSource()
                    .ifPresent(source -> source.check(
                            "`$(NAME)` is replaced by Kubernetes, not here, and its value is not known now",
                            "start a shell that reads the variable, as in [sh, -c, 'exec program \"$NAME\"']"));
        }
    }

    private Variable resolved(Variable variable) {
        if (!(variable.value() instanceof EnvValue.Literal literal)) {
            return variable;
        }
        isOpen = false;
        Variable value = new Variable(EnvValue.of(resolved(literal.value())), variable.source());
        if (isOpen) {
            variable.source().check("`$(NAME)` is replaced by Kubernetes, not here", "write the value here");
        }
        return value;
    }

    private List<String> resolved(List<String> words) {
        return words.stream().map(this::resolved).toList();
    }

    private String resolved(String text) {
        return expand(text, this::value);
    }

    private String value(String name) {
        Variable variable = known.get(name);
        if (variable != null && variable.value() instanceof EnvValue.Literal literal) {
            return literal.value();
        }
        // What no variable is called, such as a command for a shell, stays there as well.
        isOpen |= variable != null || NAME.matcher(name).matches();
        return "$(" + name + ")";
    }

    /**
     * Replaces as the node does, from left to right: {@code $$} is a dollar, {@code $(} up to the next {@code )} is
     * whatever {@code value} says of the name between them, and any other dollar is itself. Values are not looked
     * through again.
     */
    static String expand(String text, UnaryOperator<String> value) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            int close = text.startsWith("$(", at) ? text.indexOf(')', at) : -1;
            if (close >= 0) {
                out.append(value.apply(text.substring(at + 2, close)));
                at = close + 1;
            } else {
                out.append(text.charAt(at));
                at += text.startsWith("$$", at) ? 2 : 1;
            }
        }
        return out.toString();
    }
}
