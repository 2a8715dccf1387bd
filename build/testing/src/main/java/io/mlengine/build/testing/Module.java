package io.mlengine.build.testing;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;

/** The Maven module whose tests are running. */
public final class Module {
    private Module() {}

    /** The module's folder; surefire names it, an IDE starts tests inside it. */
    public static Path folder() {
        return Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    }

    /** Where the compiled tests of this module lie. */
    public static Path testClassesFolder() {
        return folder().resolve("target/test-classes");
    }

    /** The production classes of this module alone, without those of the modules that it depends on. */
    public static JavaClasses productionClasses() {
        Path classes = folder().resolve("target/classes");
        if (!Files.isDirectory(classes)) {
            throw new IllegalStateException("not compiled: " + classes);
        }
        // JMH's generated harness is written beside the benchmarks and follows no rule of ours.
        return new ClassFileImporter()
                .withImportOption(location -> !location.contains("/jmh_generated/"))
                .importPath(classes);
    }
}
