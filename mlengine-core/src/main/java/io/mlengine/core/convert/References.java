package io.mlengine.core.convert;

import io.mlengine.core.convert.ContainerDraft.Variable;
import io.mlengine.spi.model.EnvValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces {@code $(NAME)}, which Kubernetes does in commands, arguments and variables, by what is known now. A name that
 * nobody set stays as it stands, as it does there.
 */
final class References {
    private static final Pattern REFERENCE = Pattern.compile("\\$(\\$\\(|\\(([A-Za-z_][-A-Za-z0-9_.]*)\\))");

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
        Matcher matcher = REFERENCE.matcher(text);
        StringBuilder out = new StringBuilder();
        while (matcher.find()) {
            String name = matcher.group(2);
            Variable variable = name == null ? null : known.get(name);
            String value = matcher.group();
            if (name == null) {
                value = "$(";
            } else if (variable != null && variable.value() instanceof EnvValue.Literal literal) {
                value = literal.value();
            } else {
                isOpen = true;
            }
            matcher.appendReplacement(out, Matcher.quoteReplacement(value));
        }
        return matcher.appendTail(out).toString();
    }
}
