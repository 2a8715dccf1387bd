package io.mlengine.build.testing;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Finds tests that the build would skip without a word: classes with tests whose name no include of surefire or
 * failsafe matches, and classes whose name promises tests but in which JUnit finds none.
 */
public final class TestDiscovery {
    private static final String DEFAULT_TESTS = "**/*Test.java,**/*Properties.java,**/*Simulation.java";
    private static final String DEFAULT_INTEGRATION_TESTS = "**/*IT.java";

    private final Path testClasses;
    private final List<PathMatcher> includes;

    private TestDiscovery(Path testClasses, List<PathMatcher> includes) {
        this.testClasses = testClasses;
        this.includes = includes;
    }

    /** The tests of the module that is running, judged by the includes that its build uses. */
    public static TestDiscovery ofThisModule() {
        List<PathMatcher> includes = new ArrayList<>();
        includes.addAll(matchers(System.getProperty("mlengine.test.includes", DEFAULT_TESTS)));
        includes.addAll(matchers(System.getProperty("mlengine.it.includes", DEFAULT_INTEGRATION_TESTS)));
        return new TestDiscovery(Module.testClassesFolder(), includes);
    }

    /** One sentence for each class that the build would skip, sorted; empty if all is well. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        int tests = 0;
        for (Path file : classFiles()) {
            Class<?> candidate = load(file);
            if (isNoTestClassByNature(candidate)) {
                continue;
            }
            long found = testsIn(candidate);
            boolean included = isIncluded(file);
            if (included && found == 0) {
                problems.add(candidate.getName() + " is named like a test, but JUnit finds no test in it");
            }
            if (!included && found > 0) {
                problems.add(candidate.getName() + " holds tests, but no include of the build matches its name");
            }
            tests += included && found > 0 ? 1 : 0;
        }
        if (tests == 0) {
            problems.add("no test class at all under " + testClasses);
        }
        return problems;
    }

    private static List<PathMatcher> matchers(String includes) {
        // Surefire's **/ also matches no folder at all, which a glob does not: hence the second matcher.
        return Stream.of(includes.split(","))
                .map(String::strip)
                .map(include -> include.replaceFirst("\\.java$", ".class"))
                .flatMap(include -> Stream.of(include, include.replaceFirst("^\\*\\*/", "")))
                .map(include -> FileSystems.getDefault().getPathMatcher("glob:" + include))
                .toList();
    }

    private List<Path> classFiles() {
        try (Stream<Path> files = Files.walk(testClasses)) {
            return files.map(testClasses::relativize)
                    .filter(file -> file.toString().endsWith(".class"))
                    // Nested classes are found through the class that holds them.
                    .filter(file -> !file.toString().contains("$"))
                    .filter(file -> !file.toString().contains("-info"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isIncluded(Path file) {
        return includes.stream().anyMatch(include -> include.matches(file));
    }

    private static Class<?> load(Path file) {
        String name = file.toString()
                .replaceFirst("\\.class$", "")
                .replace(file.getFileSystem().getSeparator(), ".");
        try {
            return Class.forName(name, false, TestDiscovery.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("compiled but not on the class path: " + name, e);
        }
    }

    private static boolean isNoTestClassByNature(Class<?> candidate) {
        return candidate.isAnnotation() || candidate.isInterface() || Modifier.isAbstract(candidate.getModifiers());
    }

    private static long testsIn(Class<?> candidate) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(candidate))
                .build();
        // Methods, not tests: those of a @TestFactory or a @ParameterizedTest exist only once it runs.
        return LauncherFactory.create()
                .discover(request)
                .countTestIdentifiers(identifier -> identifier
                        .getSource()
                        .filter(MethodSource.class::isInstance)
                        .isPresent());
    }
}
