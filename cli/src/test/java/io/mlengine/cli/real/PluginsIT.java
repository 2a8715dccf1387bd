package io.mlengine.cli.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlengine.build.testing.PluginJars;
import io.mlengine.core.api.JobHandle;
import io.mlengine.core.api.JobResult;
import io.mlengine.core.job.FailureCause;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Phase;
import io.mlengine.spi.model.FailureClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Plugins from real jars in a real engine: good ones side by side, bad ones that harm nobody but their own jobs. */
@Timeout(120)
class PluginsIT {
    private static final String PLAIN = "LaunchPlan.of(view, member -> plain(view, member).build())";
    private static final String PLAIN_REPLICA = """
            static ReplicaPlan.Builder plain(ClusterView view, ClusterView.Member member) {
                return ReplicaPlan.of(view.job().role(member.key().role()).orElseThrow(), member);
            }
            """;

    /**
     * A framework whose plans cannot be launched.
     *
     * @param name its name
     * @param plan what {@code plan} does
     * @param told what the job is told of it
     */
    private record Fault(String name, String plan, String told) {
        String className() {
            return "P_" + name.replace('-', '_');
        }
    }

    private static final List<Fault> FAULTS = List.of(
            new Fault("throws", "throw new IllegalStateException(\"no idea\");", "IllegalStateException: no idea"),
            new Fault("overflows", "return plan(view);", "java.lang.StackOverflowError"),
            new Fault("null", "return null;", "the answer is null"),
            new Fault("holds-null", "return LaunchPlan.of(view, member -> null);", "NullPointerException"),
            new Fault(
                    "lacks",
                    "return new LaunchPlan(" + PLAIN + ".replicas().subList(0, 1), List.of());",
                    "worker-1 is not planned"),
            new Fault("foreign", "return with(view, \"ghost\", 7);", "ghost-7 is planned, but does not take part"),
            new Fault("twice", "return with(view, \"worker\", 0);", "worker-0 is planned twice"),
            new Fault("variable", changed("env(\"1A\", \"x\")"), "not a name for a variable: 1A"),
            new Fault("devices", changed("env(\"CUDA_VISIBLE_DEVICES\", 0)"), "CUDA_VISIBLE_DEVICES is the backend's"),
            new Fault("escapes", changed("addFiles(file(\"../up\"))"), "not a relative path: ../up"),
            new Fault("clashes", changed("addFiles(file(\"a\"), file(\"a/b\"))"), "a is a file, so a/b cannot be one"),
            new Fault("waits", changed("ready(Ready.file(\"../../up\"))"), "not a path for a file: ../../up"));

    @TempDir
    Path root;

    private Path jars;

    @BeforeEach
    void makeFolder() throws IOException {
        jars = Files.createDirectory(root.resolve("plugins"));
    }

    private static MLTrain job(String framework, String script) {
        return MLTrain.named(framework)
                .framework(framework)
                .addRole(ShellJobs.role("worker", script).replicas(2).build())
                .runPolicy(ShellJobs.policy().build())
                .build();
    }

    @Test
    void twoPluginsThatCarryTwoVersionsOfOneLibraryRunSideBySide() throws IOException {
        greeter("old", "Library.greeting()", "public static String greeting() { return \"from version 1\"; }");
        // The same class without the method that the other plugin calls.
        greeter("new", "new Library(2).toString()", """
                private final int version;
                public Library(int version) { this.version = version; }
                public String toString() { return "from version " + version; }
                """);
        try (RealEngine engine = RealEngine.withPlugins(root, jars)) {
            JobHandle one = engine.submit(job("old", "echo $GREETING; touch " + mark("old") + "; " + await("new")));
            JobHandle two = engine.submit(job("new", "echo $GREETING; touch " + mark("new") + "; " + await("old")));
            assertThat(engine.end(one).isSuccess()).as(engine.story(one)).isTrue();
            assertThat(engine.end(two).isSuccess()).as(engine.story(two)).isTrue();
            assertThat(RealEngine.lines(one)).containsExactly("from version 1", "from version 1");
            assertThat(RealEngine.lines(two)).containsExactly("from version 2", "from version 2");
        }
    }

    private void greeter(String name, String greeting, String library) throws IOException {
        PluginJars.jar(jars, name)
                .source("lib.Library", "package lib; public class Library { " + library + " }")
                .launcher(
                        name + "plugin",
                        name,
                        PLAIN_REPLICA + """
                        public LaunchPlan plan(ClusterView view) {
                            String greeting = %s;
                            return LaunchPlan.of(view, member -> plain(view, member).env("GREETING", greeting).build());
                        }
                        """.formatted(greeting.replace("Library", "lib.Library")))
                .build();
    }

    private Path mark(String name) {
        return root.resolve("mark-" + name);
    }

    private String await(String name) {
        return "until [ -e " + mark(name) + " ]; do sleep 0.05; done";
    }

    private static String changed(String change) {
        return "return LaunchPlan.of(view, member -> plain(view, member)." + change + ".build());";
    }

    private void faultyPlugin() throws IOException {
        String launchers = FAULTS.stream()
                .map(fault -> """
                        static final class %s implements FrameworkLauncher {
                            public FrameworkName name() { return FrameworkName.of("%s"); }
                            public LaunchPlan plan(ClusterView view) { %s }
                        }
                        """.formatted(fault.className(), fault.name(), fault.plan()))
                .collect(Collectors.joining());
        String all =
                FAULTS.stream().map(fault -> "new " + fault.className() + "()").collect(Collectors.joining(", "));
        PluginJars.jar(jars, "faulty")
                .extension("faulty.ThePlugin")
                .source("faulty.ThePlugin", """
                        package faulty;
                        import io.mlengine.spi.framework.*;
                        import io.mlengine.spi.model.*;
                        import java.util.*;
                        public class ThePlugin implements FrameworkPlugin {
                            public List<FrameworkLauncher> launchers() { return List.of(%s); }
                            %s
                            static PlanFile file(String path) { return new PlanFile(path, "", false); }
                            static LaunchPlan with(ClusterView view, String role, int index) {
                                List<ReplicaPlan> replicas = new ArrayList<>(%s.replicas());
                                replicas.add(ReplicaPlan.builder().key(new ReplicaKey(role, index)).build());
                                return new LaunchPlan(replicas, List.of());
                            }
                            %s
                        }
                        """.formatted(all, PLAIN_REPLICA, PLAIN, launchers))
                .build();
    }

    @Test
    void aPlanThatCannotBeLaunchedFailsItsOwnJobAndNamesPluginAndMethod() throws IOException {
        faultyPlugin();
        try (RealEngine engine = RealEngine.withPlugins(root, jars)) {
            JobHandle bystander = engine.submit(job("command", await("all")));
            List<JobHandle> jobs = FAULTS.stream()
                    .map(fault -> engine.submit(job(fault.name(), "echo never")))
                    .toList();
            for (int i = 0; i < jobs.size(); i++) {
                assertFailed(engine, jobs.get(i), FAULTS.get(i));
            }
            engine.await(bystander, "it runs undisturbed", view -> view.phase() == Phase.RUNNING);
            Files.createFile(mark("all"));
            assertThat(engine.end(bystander).isSuccess()).isTrue();
        }
    }

    private static void assertFailed(RealEngine engine, JobHandle job, Fault fault) {
        JobResult result = engine.end(job);
        FailureCause cause = result.outcome().cause().orElseThrow();
        assertThat(cause.failureClass()).as(fault.name()).isEqualTo(FailureClass.CONFIGURATION);
        assertThat(cause.reason()).isEqualTo("PluginFault");
        assertThat(cause.message())
                .contains("plugin=faulty", "version=1.0.0", "call=" + fault.name() + " plan")
                .contains(fault.told());
        assertThat(result.view().record().attemptNumber()).isEqualTo(1);
        assertThat(RealEngine.lines(job)).isEmpty();
    }

    @Test
    void aPluginThatHangsIsCalledNoMoreAndTheOthersGoOn() throws IOException {
        PluginJars.jar(jars, "hanging")
                .launcher(
                        "hanging",
                        "hanging",
                        "",
                        "while (true) { try { Thread.sleep(1000); } catch (Exception e) { } }")
                .build();
        try (RealEngine engine = RealEngine.withPlugins(root, jars)) {
            JobHandle hangs = engine.submit(job("hanging", "echo never"));
            engine.await(hangs, "has its place", view -> view.phase() == Phase.STARTING);
            for (int i = 0; i < 3; i++) {
                assertThat(engine.end(engine.submit(job("command", "echo fine")))
                                .isSuccess())
                        .isTrue();
            }
            assertThat(hangs.view().phase()).isEqualTo(Phase.STARTING);

            FailureCause cause = engine.end(hangs).outcome().cause().orElseThrow();
            assertThat(cause.reason()).isEqualTo("PluginFault");
            assertThat(cause.message()).contains("did not answer in time", "plugin=hanging", "call=hanging plan");
            assertThatThrownBy(() -> engine.submit(job("hanging", "echo never")))
                    .hasMessageContaining("is called no more")
                    .hasMessageContaining("missed=hanging plan");
            assertThat(engine.end(engine.submit(job("command", "echo fine"))).isSuccess())
                    .isTrue();
        }
    }

    @Test
    void aPluginForAnotherSpiIsNamedWhetherItSaysSoOrNot() throws IOException {
        PluginJars.jar(jars, "honest")
                .launcher(
                        "honest",
                        "honest",
                        PLAIN_REPLICA + "public LaunchPlan plan(ClusterView view) { return " + PLAIN + "; }")
                .manifest("Plugin-Requires", "9.0.0")
                .build();
        // Built against an SPI whose class has a method more than the engine's.
        PluginJars.jar(jars, "silent")
                .source(
                        "io.mlengine.spi.framework.Json",
                        "package io.mlengine.spi.framework; public final class Json { public static void later() {} }")
                .leaveOut("io.mlengine.spi.framework.Json")
                .launcher("silent", "silent", "", "Json.later(); return null;")
                .build();
        try (RealEngine engine = RealEngine.withPlugins(root, jars)) {
            assertThatThrownBy(() -> engine.submit(job("honest", "echo never")))
                    .hasMessageContaining("honest.jar (it requires SPI 9.0.0, and this is 0.1.0)");
            JobResult result = engine.end(engine.submit(job("silent", "echo never")));
            assertThat(result.outcome().cause().orElseThrow().message())
                    .contains("built for another version of the SPI", "plugin=silent", "NoSuchMethodError", "later");
            assertThat(engine.end(engine.submit(job("command", "echo fine"))).isSuccess())
                    .isTrue();
        }
    }

    @Test
    void whatGoesWrongBeforeAJobIsAcceptedIsToldAtOnceAndWhatNeedsAskInVainFailsIt() throws IOException {
        PluginJars.jar(jars, "early")
                .launcher("early", "early", PLAIN_REPLICA + """
                        public List<Violation> validate(JobShape job) {
                            if (job.roles().size() > 1) { throw new IllegalArgumentException("cannot count to two"); }
                            return List.of();
                        }
                        public Needs needs(JobShape job) {
                            return new Needs(List.of(new Needs.Port(new ReplicaKey("ghost", 0), "main", 1)));
                        }
                        public LaunchPlan plan(ClusterView view) { return %s; }
                        """.formatted(PLAIN))
                .build();
        try (RealEngine engine = RealEngine.withPlugins(root, jars)) {
            MLTrain two = MLTrain.builder()
                    .from(job("early", "echo never"))
                    .addRole(ShellJobs.role("other", "echo never").build())
                    .build();
            assertThatThrownBy(() -> engine.submit(two))
                    .hasMessageContaining("cannot count to two")
                    .hasMessageContaining("plugin=early")
                    .hasMessageContaining("call=early defaults and validate");
            JobResult result = engine.end(engine.submit(job("early", "echo never")));
            assertThat(result.outcome().cause().orElseThrow().message())
                    .contains("call=early needs", "ghost-0, which the job does not have", "plugin=early");
        }
    }
}
