package io.mlengine.cli.docs;

import io.mlengine.cli.docs.Page.Fence;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * Compiles and runs the Java of the pages. A hidden comment in the line before a block says what the block is:
 *
 * <ul>
 *   <li>none: a whole source file;
 *   <li>{@code <!-- java: body -->}: statements, put into a method that has {@code engine}, {@code job}, {@code train},
 *       {@code backend} and {@code folder};
 *   <li>{@code <!-- java: members -->}: members of a class;
 *   <li>{@code <!-- java: test -->}: a source file with tests, which must pass;
 *   <li>with {@code , run} behind it: it is run in a JVM of its own, with folders of its own, and must end well.
 * </ul>
 *
 * <p>Statements and members see all public packages of the engine, {@code java.util}, {@code java.time} and {@code
 * java.nio.file} without imports.
 */
final class JavaFences {
    private static final List<String> PACKAGES = List.of(
            "io.mlengine.core",
            "io.mlengine.core.api",
            "io.mlengine.core.convert",
            "io.mlengine.core.document",
            "io.mlengine.core.guice",
            "io.mlengine.core.job",
            "io.mlengine.core.metering",
            "io.mlengine.core.metrics",
            "io.mlengine.core.plugin",
            "io.mlengine.core.queue",
            "io.mlengine.core.scheduling",
            "io.mlengine.core.store",
            "io.mlengine.core.time",
            "io.mlengine.spi.backend",
            "io.mlengine.spi.error",
            "io.mlengine.spi.framework",
            "io.mlengine.spi.model",
            "io.mlengine.backend.k8s",
            "io.mlengine.backend.local",
            "io.mlengine.testkit.sim",
            "java.time",
            "java.nio.file",
            "java.util",
            "java.util.concurrent",
            "java.util.stream");
    private static final Pattern PUBLIC_TYPE =
            Pattern.compile("public (?:static |final |abstract )*(?:class|interface|record|enum) (\\w+)");
    private static final Pattern TYPE = Pattern.compile("(?:class|interface|record|enum) (\\w+)");
    private static final String CLASS_PATH = System.getProperty("java.class.path");
    private static final int LIMIT_SECONDS = 120;

    private JavaFences() {}

    /** What the compiler has against a block, empty when it compiles. */
    static List<String> problems(Fence fence, Path folder) throws IOException {
        Path source = folder.resolve(name(fence) + ".java");
        Files.writeString(source, source(fence));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(found, null, null)) {
            List<String> options = List.of(
                    "-d", folder.toString(), "-cp", CLASS_PATH, "-proc:none", "--release", "17", "-Xlint:deprecation");
            compiler.getTask(null, files, found, options, null, files.getJavaFileObjects(source))
                    .call();
        }
        List<String> problems = new ArrayList<>();
        for (Diagnostic<? extends JavaFileObject> diagnostic : found.getDiagnostics()) {
            if (diagnostic.getKind() == Diagnostic.Kind.ERROR || diagnostic.getKind() == Diagnostic.Kind.WARNING) {
                problems.add(fence.place() + ": " + diagnostic);
            }
        }
        return problems;
    }

    /** Runs a block that was compiled into a folder; gives what it printed. */
    static String run(Fence fence, Path folder) throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        folder + System.getProperty("path.separator") + CLASS_PATH,
                        "-Djava.io.tmpdir=" + folder,
                        name(fence))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        for (String variable : List.of("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")) {
            builder.environment().put(variable, folder.toString());
        }
        Process process = builder.start();
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(fence.place() + ": has not ended after " + LIMIT_SECONDS + " s");
        }
        String printed = Files.readString(output);
        if (process.exitValue() != 0) {
            throw new AssertionError(fence.place() + ": ended with " + process.exitValue() + "\n" + printed);
        }
        return printed;
    }

    /** Runs the tests of a block that was compiled into a folder. */
    static void test(Fence fence, Path folder) throws IOException, ClassNotFoundException {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
            LauncherFactory.create()
                    .execute(
                            LauncherDiscoveryRequestBuilder.request()
                                    .selectors(DiscoverySelectors.selectClass(loader.loadClass(name(fence))))
                                    .build(),
                            listener);
        }
        TestExecutionSummary summary = listener.getSummary();
        summary.getFailures().forEach(failure -> {
            throw new AssertionError(fence.place(), failure.getException());
        });
        if (summary.getTestsSucceededCount() == 0) {
            throw new AssertionError(fence.place() + ": holds no test");
        }
    }

    private static String name(Fence fence) {
        if (isPart(fence)) {
            return "Fence" + fence.line();
        }
        Matcher named = PUBLIC_TYPE.matcher(fence.text());
        if (named.find()) {
            return named.group(1);
        }
        Matcher any = TYPE.matcher(fence.text());
        if (any.find()) {
            return any.group(1);
        }
        throw new AssertionError(fence.place() + ": no type; statements need <!-- java: body --> before the block");
    }

    private static boolean isPart(Fence fence) {
        return fence.comment().startsWith("java: body") || fence.comment().startsWith("java: members");
    }

    private static String source(Fence fence) {
        if (!isPart(fence)) {
            return fence.text();
        }
        StringBuilder source = new StringBuilder();
        PACKAGES.forEach(name -> source.append("import ").append(name).append(".*;\n"));
        source.append("final class ").append(name(fence)).append(" {\n");
        if (fence.comment().startsWith("java: members")) {
            source.append(fence.text());
        } else {
            source.append(
                            "public static void main(String[] args) throws Exception { body(null, null, null, null, null); }\n")
                    .append("static void body(MLEngine engine, JobHandle job, MLTrain train, ComputeBackend backend,")
                    .append(" Path folder) throws Exception {\n")
                    // A block may declare its own under these names.
                    .append("new Object() { void run() throws Exception {\n")
                    .append(fence.text())
                    .append("}}.run();\n}\n");
        }
        return source.append("}\n").toString();
    }
}
