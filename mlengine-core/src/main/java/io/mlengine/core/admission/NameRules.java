package io.mlengine.core.admission;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The forms of names. */
final class NameRules {
    static final String LABEL_FORM = "[a-z]([-a-z0-9]*[a-z0-9])?";
    static final String VARIABLE_FORM = "[A-Za-z_][A-Za-z0-9_]*";

    private static final Pattern LABEL = Pattern.compile(LABEL_FORM);
    private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
    private static final Pattern SUBDOMAIN = Pattern.compile("[a-z0-9]([-a-z0-9.]*[a-z0-9])?");
    private static final Pattern QUALIFIED =
            Pattern.compile("([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");
    private static final Pattern LABEL_VALUE = Pattern.compile("([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?");
    private static final String LABEL_ADVICE = "a-z, 0-9 and -, a letter first, for example bert-large";

    private NameRules() {}

    static void label(String path, String name, Findings findings) {
        if (!LABEL.matcher(name).matches()) {
            findings.add(ViolationCode.BAD_NAME, path, name, LABEL_ADVICE);
        } else if (name.length() > Limits.DNS_LABEL) {
            String advice = name.length() + " characters, at most " + Limits.DNS_LABEL + " are allowed";
            findings.add(ViolationCode.NAME_TOO_LONG, path, name, advice);
        }
    }

    static void namespace(String path, String name, Findings findings) {
        form(NAMESPACE, Limits.DNS_LABEL, path, name, "a-z, 0-9 and -, for example research", findings);
    }

    static void queue(String path, String name, Findings findings) {
        form(SUBDOMAIN, 253, path, name, "a-z, 0-9, - and ., for example research.vision", findings);
    }

    /** The name of an object in the cluster. */
    static void object(String path, String name, Findings findings) {
        form(SUBDOMAIN, 253, path, name, "a-z, 0-9, - and ., for example team-a", findings);
    }

    static void qualified(String path, String name, Findings findings) {
        form(QUALIFIED, 317, path, name, "a name such as team or example.org/team", findings);
    }

    static void labels(String path, Map<String, String> labels, Findings findings) {
        labels.forEach((key, value) -> {
            qualified(FieldPath.key(path, key), key, findings);
            labelValue(FieldPath.key(path, key), value, findings);
        });
    }

    static void labelValue(String path, String value, Findings findings) {
        form(LABEL_VALUE, 63, path, value, "letters, digits, -, _ and ., at most 63", findings);
    }

    /** Reports names that are not labels or appear twice. */
    static void distinct(String listPath, Iterable<String> names, Findings findings) {
        Set<String> seen = new TreeSet<>();
        int index = 0;
        for (String name : names) {
            String path = FieldPath.key(FieldPath.item(listPath, index++), "name");
            label(path, name, findings);
            if (!seen.add(name)) {
                findings.add(ViolationCode.DUPLICATE_NAME, path, name, "`" + name + "` is taken, choose another name");
            }
        }
    }

    private static void form(Pattern form, int most, String path, String name, String advice, Findings findings) {
        if (name.length() > most || !form.matcher(name).matches()) {
            findings.add(ViolationCode.BAD_NAME, path, name, advice);
        }
    }
}
