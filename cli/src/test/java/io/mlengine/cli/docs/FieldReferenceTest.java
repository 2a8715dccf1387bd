package io.mlengine.cli.docs;

import io.mlengine.core.admission.Frameworks;
import io.mlengine.core.document.JsonSchema;
import io.mlengine.plugins.FrameworksPlugin;
import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.framework.OptionSchema.Option;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Writes and checks the tables of {@code docs/job-document.md}. */
class FieldReferenceTest {
    private static final String PAGE = "docs/job-document.md";

    @Test
    void fieldsAreThoseOfTheSchema() throws IOException {
        // All JSON is YAML.
        Map<?, ?> schema = new Yaml(new SafeConstructor(new LoaderOptions())).load(JsonSchema.of(Frameworks.NONE));
        GeneratedPart.assertMatches(PAGE, "fields", FieldReference.of(schema));
    }

    @Test
    void frameworkOptionsAreThoseOfTheLaunchers() throws IOException {
        List<FrameworkLauncher> launchers = new ArrayList<>(new FrameworksPlugin().launchers());
        launchers.sort(Comparator.comparing(FrameworkLauncher::name));
        GeneratedPart.assertMatches(
                PAGE,
                "options",
                launchers.stream().map(FieldReferenceTest::options).collect(Collectors.joining("\n")));
    }

    private static String options(FrameworkLauncher launcher) {
        StringBuilder out = new StringBuilder("### Framework `" + launcher.name() + "`\n\n");
        List<Option> options = launcher.options().options();
        if (options.isEmpty()) {
            return out.append("No options.\n").toString();
        }
        out.append("| option | type | default | meaning |\n|---|---|---|---|\n");
        for (Option option : options) {
            out.append("| `")
                    .append(option.name())
                    .append("` | ")
                    .append(type(option))
                    .append(" | ");
            out.append(option.defaultText().orElse("")).append(" | ");
            out.append(option.description().replace("<", "&lt;")).append(" |\n");
        }
        return out.toString();
    }

    private static String type(Option option) {
        String words = option.words().stream().map(word -> "`" + word + "`").collect(Collectors.joining(", "));
        return switch (option.type()) {
            case TEXT -> words.isEmpty() ? "text" : words;
            case INTEGER -> "whole number";
            case INTEGER_OR_WORD -> "whole number, " + words;
            case NUMBER, FLAG, LIST -> option.type().name().toLowerCase(Locale.ROOT);
        };
    }
}
