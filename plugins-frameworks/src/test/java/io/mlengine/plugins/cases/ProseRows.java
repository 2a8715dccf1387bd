package io.mlengine.plugins.cases;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Finds the named test of each row that is told in prose. */
final class ProseRows {
    private static final List<Method> METHODS = Stream.of(AdmissionRows.class, TonyRows.class)
            .flatMap(type -> Stream.of(type.getDeclaredMethods()))
            .filter(method -> method.isAnnotationPresent(ProseRow.class))
            .sorted(Comparator.comparing(Method::getName))
            .toList();

    private ProseRows() {}

    static Stream<DynamicTest> tests(JobCase data) {
        return texts(data).map(text -> DynamicTest.dynamicTest(data.id() + ": " + text, () -> run(text)));
    }

    private static Stream<String> texts(JobCase data) {
        return data.rows().stream().map(row -> row.path("case").asText());
    }

    private static void run(String text) throws Throwable {
        Method method = find(text)
                .orElseThrow(() -> new AssertionError("the row \"" + text
                        + "\" is prose: write a test for it and mark it with @ProseRow, for example in TonyRows"));
        try {
            method.invoke(null);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }

    private static Optional<Method> find(String text) {
        return METHODS.stream().filter(method -> text(method).equals(text)).findFirst();
    }

    private static String text(Method method) {
        return method.getAnnotation(ProseRow.class).value();
    }

    private static String name(Method method) {
        return method.getDeclaringClass().getSimpleName() + "." + method.getName();
    }

    /** The names of the tests of a case's rows, in the order of the rows; none for other cases. */
    static List<String> namesOf(JobCase data) {
        return texts(data)
                .flatMap(text -> find(text).stream())
                .map(ProseRows::name)
                .toList();
    }

    /** Named tests whose row is in none of the cases. */
    static List<String> withoutRow(List<JobCase> cases) {
        Set<String> texts = cases.stream().flatMap(ProseRows::texts).collect(Collectors.toSet());
        return METHODS.stream()
                .filter(method -> !texts.contains(text(method)))
                .map(ProseRows::name)
                .toList();
    }
}
