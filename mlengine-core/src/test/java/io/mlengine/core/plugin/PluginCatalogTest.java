package io.mlengine.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.build.testing.PluginJars;
import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.FrameworkName;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.JobShape;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginCatalogTest {
    private static final String EMPTY_PLAN = "return new LaunchPlan(List.of(), List.of());";

    @TempDir
    Path folder;

    @Test
    void loadsAJarAndNamesItsOwner() throws IOException {
        Path jar = PluginJars.jar(folder, "acme")
                .launcher("acme", "acme", "", EMPTY_PLAN)
                .build();
        try (PluginCatalog catalog = load()) {
            assertThat(catalog.reports())
                    .containsExactly(PluginReport.loaded(
                            new PluginOrigin("acme", "1.0.0", jar.toString()), List.of(FrameworkName.of("acme"))));
            assertThat(catalog.registry()
                            .find(FrameworkName.of("acme"))
                            .orElseThrow()
                            .origin()
                            .id())
                    .isEqualTo("acme");
        }
    }

    @Test
    void twoPluginsCarryTwoVersionsOfOneLibrary() throws IOException {
        for (String version : List.of("one", "two")) {
            PluginJars.jar(folder, version)
                    .launcher(
                            "acme." + version,
                            version,
                            "",
                            "return new LaunchPlan(List.of(), List.of(lib.Library.version()));")
                    .source(
                            "lib.Library",
                            "package lib; public class Library { public static String version() { return \"" + version
                                    + "\"; } }")
                    .build();
        }
        try (PluginCatalog catalog = load()) {
            assertThat(plan(catalog, "one").notes()).containsExactly("one");
            assertThat(plan(catalog, "two").notes()).containsExactly("two");
        }
    }

    @Test
    void aPluginSeesTheJdkTheSpiAndPf4jAndNothingElseOfTheHost() throws IOException {
        String probe = """
                List<String> seen = new ArrayList<>();
                for (String name : List.of("java.sql.Connection", "io.mlengine.spi.framework.Json", "org.pf4j.Extension",
                        "org.slf4j.Logger", "com.google.common.collect.ImmutableList", "io.mlengine.core.job.MLTrain")) {
                    try {
                        Class.forName(name, false, getClass().getClassLoader());
                        seen.add(name);
                    } catch (ClassNotFoundException e) {
                        seen.add("no " + name);
                    }
                }
                ClassLoader context = Thread.currentThread().getContextClassLoader();
                seen.add(context == getClass().getClassLoader() ? "own context" : "foreign context");
                seen.add(context.getResource("junit-platform.properties") == null ? "own resources" : "foreign resources");
                seen.add(context.getResource("marker.txt") == null ? "nothing" : "marker");
                return new LaunchPlan(List.of(), seen);
                """;
        PluginJars.jar(folder, "probe").launcher("acme", "probe", "", probe).build();
        try (PluginCatalog catalog = load()) {
            assertThat(plan(catalog, "probe").notes())
                    .containsExactly(
                            "java.sql.Connection",
                            "io.mlengine.spi.framework.Json",
                            "org.pf4j.Extension",
                            "no org.slf4j.Logger",
                            "no com.google.common.collect.ImmutableList",
                            "no io.mlengine.core.job.MLTrain",
                            "own context",
                            "own resources",
                            "marker");
        }
    }

    @Test
    void anSpiThatAPluginBundlesByMistakeIsNotUsed() throws IOException {
        PluginJars.jar(folder, "shaded")
                .launcher("acme", "shaded", "", EMPTY_PLAN)
                .source(
                        "io.mlengine.spi.framework.Json",
                        "package io.mlengine.spi.framework; public final class Json { "
                                + "public static String write(Object value) { return \"mine\"; } }")
                .build();
        try (PluginCatalog catalog = load()) {
            assertThat(catalog.reports()).extracting(PluginReport::state).containsExactly(PluginReport.State.LOADED);
        }
    }

    @Test
    void aFileThatIsNoJarIsReported() throws IOException {
        Files.writeString(folder.resolve("broken.jar"), "not a zip");
        assertRefused("broken.jar", "not a readable jar", "anew");
    }

    @Test
    void aZipIsReportedAndOtherFilesAreNoPlugins() throws IOException {
        Files.writeString(folder.resolve("plugin.zip"), "");
        Files.writeString(folder.resolve("README.txt"), "");
        assertRefused("plugin.zip", "zip", "one jar");
    }

    @Test
    void aMissingFolderIsReported() {
        try (PluginCatalog catalog =
                PluginCatalog.builder().folder(folder.resolve("absent")).load()) {
            assertThat(catalog.reports())
                    .singleElement()
                    .satisfies(report -> assertThat(report.cause()).contains("does not exist"));
        }
    }

    @Test
    void aJarWithoutManifestIsReported() throws IOException {
        PluginJars.jar(folder, "bare")
                .launcher("acme", "bare", "", EMPTY_PLAN)
                .withoutManifest()
                .build();
        assertRefused("bare.jar", "no Plugin-Id", "add Plugin-Id");
    }

    @Test
    void aPluginForANewerSpiIsReported() throws IOException {
        PluginJars.jar(folder, "future")
                .launcher("acme", "future", "", EMPTY_PLAN)
                .manifest("Plugin-Requires", "9.0.0")
                .build();
        assertRefused("future.jar", "requires SPI 9.0.0, and this is 0.1.0", "update the engine");
    }

    @Test
    void aRangeThatCannotBeReadIsReported() throws IOException {
        PluginJars.jar(folder, "odd")
                .launcher("acme", "odd", "", EMPTY_PLAN)
                .manifest("Plugin-Requires", "latest?")
                .build();
        assertRefused("odd.jar", "PF4J cannot load it", "manifest");
    }

    @Test
    void aPluginThatIsSwitchedOffIsReported() throws IOException {
        PluginJars.jar(folder, "off").launcher("acme", "off", "", EMPTY_PLAN).build();
        Files.writeString(folder.resolve("disabled.txt"), "off\n");
        assertRefused("off.jar", "switched off", "mend");
    }

    @Test
    void aPluginClassAndDependenciesAreNotIgnoredSilently() throws IOException {
        PluginJars.jar(folder, "old")
                .launcher("acme", "old", "", EMPTY_PLAN)
                .manifest("Plugin-Class", "acme.Old")
                .build();
        assertRefused("old.jar", "Plugin-Class", "remove it");
    }

    @Test
    void aJarWithoutExtensionIsReported() throws IOException {
        PluginJars.jar(folder, "empty").build();
        assertRefused("empty.jar", "no extension", "@Extension");
    }

    @Test
    void aMissingClassIsNamed() throws IOException {
        PluginJars.jar(folder, "lean")
                .launcher("acme", "lean", "new lib.Library();", EMPTY_PLAN)
                .source("lib.Library", "package lib; public class Library { }")
                .leaveOut("lib.Library")
                .build();
        assertRefused("lean", "the class lib.Library is missing", "bundle it");
    }

    @Test
    void anIndexedClassThatIsNotThereIsNamed() throws IOException {
        PluginJars.jar(folder, "stale").extension("acme.Gone").build();
        assertRefused("stale", "the class acme.Gone is missing", "bundle it");
    }

    @Test
    void aConstructorThatThrowsIsReported() throws IOException {
        PluginJars.jar(folder, "cross")
                .launcher("acme", "cross", "if (true) throw new IllegalStateException(\"no licence\");", EMPTY_PLAN)
                .build();
        assertRefused("cross", "java.lang.IllegalStateException: no licence", "author");
    }

    @Test
    void aClassForANewerJavaIsReported() throws IOException {
        Path jar = PluginJars.jar(folder, "modern")
                .launcher("acme", "modern", "", EMPTY_PLAN)
                .build();
        ClassFiles.raiseVersion(jar, "acme/ThePlugin.class");
        assertRefused("modern", "newer Java", "--release 17");
    }

    @Test
    void aConstructorThatHangsIsReported() throws IOException {
        PluginJars.jar(folder, "slow")
                .launcher("acme", "slow", "java.util.concurrent.locks.LockSupport.park();", EMPTY_PLAN)
                .build();
        try (PluginCatalog catalog = PluginCatalog.builder()
                .folder(folder)
                .deadline(Duration.ofMillis(100))
                .load()) {
            assertThat(catalog.reports()).singleElement().satisfies(report -> {
                assertThat(report.origin().id()).isEqualTo("slow");
                assertThat(report.cause()).contains("did not answer within PT0.1S");
            });
        }
    }

    @Test
    void theFirstOfTwoPluginsKeepsAFramework() throws IOException {
        PluginJars.jar(folder, "a").launcher("acme.a", "same", "", EMPTY_PLAN).build();
        PluginJars.jar(folder, "b").launcher("acme.b", "same", "", EMPTY_PLAN).build();
        try (PluginCatalog catalog = load()) {
            assertThat(catalog.reports())
                    .extracting(PluginReport::state)
                    .containsExactly(PluginReport.State.LOADED, PluginReport.State.REFUSED);
            assertThat(catalog.reports().get(1).cause())
                    .startsWith("the framework same is already provided by a 1.0.0 (");
        }
    }

    @Test
    void twoPluginsWithOneIdAreNotBothLoaded() throws IOException {
        PluginJars.jar(folder, "a").launcher("acme.a", "a", "", EMPTY_PLAN).build();
        PluginJars.jar(folder, "b")
                .launcher("acme.b", "b", "", EMPTY_PLAN)
                .manifest("Plugin-Id", "a")
                .build();
        assertRefused("b.jar", "same id (a)", "mend its manifest");
    }

    @Test
    void oneBadPluginDoesNotHarmTheOthers() throws IOException {
        Files.writeString(folder.resolve("broken.jar"), "");
        PluginJars.jar(folder, "good").launcher("acme", "good", "", EMPTY_PLAN).build();
        try (PluginCatalog catalog = load()) {
            assertThat(catalog.registry().frameworks())
                    .extracting(framework -> framework.name().value())
                    .containsExactly("good");
        }
    }

    @Test
    void findsPluginsOnAClassPath() throws IOException {
        Path jar = PluginJars.jar(folder, "indexed")
                .launcher("acme", "indexed", "", EMPTY_PLAN)
                .build();
        try (URLClassLoader loader = new URLClassLoader(
                        new URL[] {jar.toUri().toURL()}, getClass().getClassLoader());
                PluginCatalog catalog =
                        PluginCatalog.builder().classPath(loader).load()) {
            assertThat(catalog.reports().get(0).origin())
                    .isEqualTo(new PluginOrigin("indexed", "1.0.0", "class path: " + jar));
        }
    }

    @Test
    void otherExtensionsOnTheClassPathAreNotOurs() throws IOException {
        Path jar = PluginJars.jar(folder, "other")
                .extension("acme.Other")
                .source("acme.Other", "package acme; public class Other implements org.pf4j.ExtensionPoint { }")
                .build();
        try (URLClassLoader loader = new URLClassLoader(
                        new URL[] {jar.toUri().toURL()}, getClass().getClassLoader());
                PluginCatalog catalog =
                        PluginCatalog.builder().classPath(loader).load()) {
            assertThat(catalog.reports()).isEmpty();
        }
        assertRefused("other", "none of its extensions is a FrameworkPlugin", "implement");
    }

    @Test
    void takesAPluginFromCode() {
        try (PluginCatalog catalog =
                PluginCatalog.builder().plugin(List::<FrameworkLauncher>of).load()) {
            assertThat(catalog.reports())
                    .singleElement()
                    .satisfies(report -> assertThat(report.cause()).endsWith("lists no launchers"));
        }
    }

    @Test
    void aJarCanBeDeletedAfterClosing() throws IOException {
        Path jar = PluginJars.jar(folder, "gone")
                .launcher("acme", "gone", "", EMPTY_PLAN)
                .build();
        PluginJars.jar(folder, "gone-too")
                .launcher("acme", "gone-too", "", EMPTY_PLAN)
                .build();
        PluginCatalog catalog = load();
        catalog.close();
        Files.delete(jar);
        assertThat(plansAfterClose(catalog)).isTrue();
    }

    @Test
    void theSpiVersionIsThatOfTheBuild() throws IOException {
        assertThat(Files.readString(Path.of(System.getProperty("basedir", "")).resolve("pom.xml")))
                .containsPattern("<version>" + PluginCatalog.SPI_VERSION + "(-SNAPSHOT)?</version>");
    }

    private static boolean plansAfterClose(PluginCatalog catalog) {
        return catalog.calls().plan(view("gone")).isCompletedExceptionally();
    }

    private void assertRefused(String id, String cause, String remedy) {
        try (PluginCatalog catalog = load()) {
            assertThat(catalog.reports().stream().filter(report -> report.state() == PluginReport.State.REFUSED))
                    .singleElement()
                    .satisfies(report -> {
                        assertThat(report.origin().id()).isEqualTo(id);
                        assertThat(report.origin().source()).startsWith(folder.toString());
                        assertThat(report.cause()).contains(cause);
                        assertThat(report.remedy()).contains(remedy);
                        assertThat(report.frameworks()).isEmpty();
                    });
        }
    }

    private PluginCatalog load() {
        return PluginCatalog.builder().folder(folder).load();
    }

    private static LaunchPlan plan(PluginCatalog catalog, String framework) {
        return catalog.calls().plan(view(framework)).join();
    }

    private static ClusterView view(String framework) {
        return ClusterView.builder()
                .attempt(new AttemptId(JobId.of("j"), 1))
                .job(JobShape.builder()
                        .name("job")
                        .framework(FrameworkName.of(framework))
                        .build())
                .build();
    }
}
