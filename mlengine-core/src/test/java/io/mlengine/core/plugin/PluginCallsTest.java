package io.mlengine.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlengine.spi.error.ErrorCategory;
import io.mlengine.spi.error.MLEngineException;
import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.framework.PlanFile;
import io.mlengine.spi.framework.Ready;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.FrameworkName;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Role;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(20)
class PluginCallsTest {
    private static final ReplicaKey FIRST = new ReplicaKey("worker", 0);

    @Test
    void runsOnADaemonThreadOfThePluginsOwn() {
        CompletableFuture<Thread> seen = new CompletableFuture<>();
        try (PluginCatalog catalog = catalogOf(planning(view -> {
            seen.complete(Thread.currentThread());
            return good(view);
        }))) {
            catalog.calls().plan(view()).join();
            assertThat(seen.join().getName()).startsWith("mlengine-plugin-");
            assertThat(seen.join().isDaemon()).isTrue();
        }
    }

    @Test
    void onTheCallingThreadTheAnswerIsThereAtOnce() {
        Thread[] seen = new Thread[1];
        FrameworkLauncher launcher = planning(view -> {
            seen[0] = Thread.currentThread();
            return good(view);
        });
        try (PluginCatalog catalog = PluginCatalog.builder()
                .plugin(() -> List.of(launcher))
                .onCallingThread()
                .load()) {
            assertThat(catalog.calls().plan(view())).isCompleted();
            assertThat(seen[0]).isSameAs(Thread.currentThread());
        }
    }

    @Test
    void anExceptionNamesThePlugin() {
        assertFails(
                planning(view -> {
                    throw new IllegalStateException("boom");
                }),
                PluginError.PLUGIN_FAILED,
                "java.lang.IllegalStateException: boom",
                "handed over in code");
    }

    @Test
    void anErrorOfAPluginDoesNotEndItsThread() {
        int[] calls = new int[1];
        try (PluginCatalog catalog = catalogOf(planning(view -> {
            if (calls[0]++ == 0) {
                throw new NoClassDefFoundError("lib/Library");
            }
            return good(view);
        }))) {
            assertThat(failureOf(catalog.calls().plan(view())))
                    .hasMessageContaining("built for another version of the SPI")
                    .extracting(MLEngineException::code)
                    .isEqualTo(PluginError.PLUGIN_FAILED);
            assertThat(catalog.calls().plan(view()).join().replicas()).hasSize(1);
        }
    }

    @Test
    void aPluginThatHangsIsQuarantinedWithEverythingThatWaitsForIt() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        FrameworkLauncher hanging = planning(view -> {
            try {
                while (!never.await(1, TimeUnit.HOURS)) {
                    continue;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return good(view);
        });
        try (PluginCatalog catalog = PluginCatalog.builder()
                .plugin(() -> List.of(hanging))
                .deadline(Duration.ofMillis(300))
                .load()) {
            CompletableFuture<LaunchPlan> first = catalog.calls().plan(view());
            CompletableFuture<LaunchPlan> waiting = catalog.calls().plan(view());
            assertThat(failureOf(first).code()).isEqualTo(PluginError.PLUGIN_TIMED_OUT);
            assertThat(failureOf(waiting).code()).isEqualTo(PluginError.PLUGIN_QUARANTINED);
            MLEngineException later = failureOf(catalog.calls().needs(job()));
            assertThat(later.code()).isEqualTo(PluginError.PLUGIN_QUARANTINED);
            assertThat(later).hasMessageContaining("missed=fake plan").hasMessageContaining("handed over in code");
            assertThat(later.code().category()).isEqualTo(ErrorCategory.PLUGIN);
        }
    }

    @Test
    void waitingForOthersDoesNotCountAgainstADeadline() {
        // Twenty calls of 30 ms exceed the deadline together; each alone does not.
        FrameworkLauncher steady = planning(view -> {
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(30);
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            return good(view);
        });
        try (PluginCatalog catalog = PluginCatalog.builder()
                .plugin(() -> List.of(steady))
                .deadline(Duration.ofMillis(500))
                .load()) {
            List<CompletableFuture<LaunchPlan>> plans = Stream.generate(
                            () -> catalog.calls().plan(view()))
                    .limit(20)
                    .toList();
            assertThat(plans)
                    .allSatisfy(plan -> assertThat(plan.join().replicas()).hasSize(1));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void refusesAPlanThatCannotBeLaunched(String problem, Function<ClusterView, LaunchPlan> plan) {
        assertFails(planning(plan), PluginError.PLUGIN_ANSWER_INVALID, problem, "call=fake plan");
    }

    static Stream<Arguments> refusesAPlanThatCannotBeLaunched() {
        return Stream.of(
                bad("worker-0 is not planned", view -> new LaunchPlan(List.of(), List.of())),
                bad(
                        "worker-0 is planned twice",
                        view -> plans(replica(FIRST).build(), replica(FIRST).build())),
                bad(
                        "ghost-7 is planned, but does not take part",
                        view -> plans(
                                replica(FIRST).build(),
                                replica(new ReplicaKey("ghost", 7)).build())),
                bad("not a name for a variable: 1A", changed(plan -> plan.env("1A", "x"))),
                bad("CUDA_VISIBLE_DEVICES is the backend's", changed(plan -> plan.env("CUDA_VISIBLE_DEVICES", 0))),
                bad("MLENGINE_JOB_ID is the engine's", changed(plan -> plan.env("MLENGINE_JOB_ID", "x"))),
                bad("zero byte", changed(plan -> plan.env("A", "\0"))),
                bad("does not have that port", changed(plan -> plan.ready(Ready.port("http")))),
                bad("not a path for a file: ../../up", changed(plan -> plan.ready(Ready.file("../../up")))),
                bad("not a path for a file: .", changed(plan -> plan.addFiles(file(".")))),
                bad("not a path for a file: a//b", changed(plan -> plan.addFiles(file("a//b")))),
                bad("not a path for a file: a/./b", changed(plan -> plan.addFiles(file("a/./b")))),
                bad("the file a is there twice", changed(plan -> plan.addFiles(file("a"), file("a")))),
                bad("a is a file, so a/b cannot be one", changed(plan -> plan.addFiles(file("a/b"), file("a")))));
    }

    private static PlanFile file(String path) {
        return new PlanFile(path, "", false);
    }

    @Test
    void filesInFoldersAreFine() {
        FrameworkLauncher launcher = planning(view -> plans(replica(FIRST)
                .addFiles(file("hosts"), file("etc/..hidden/.rc"), file("etc/hosts"))
                .ready(Ready.file("etc/up"))
                .build()));
        try (PluginCatalog catalog = catalogOf(launcher)) {
            assertThat(catalog.calls().plan(view()).join().replicas()).hasSize(1);
        }
    }

    private static Arguments bad(String problem, Function<ClusterView, LaunchPlan> plan) {
        return Arguments.of(problem, plan);
    }

    private static Function<ClusterView, LaunchPlan> changed(UnaryOperator<ReplicaPlan.Builder> change) {
        return view -> plans(change.apply(replica(FIRST)).build());
    }

    @Test
    void refusesNeedsThatCannotBeMet() {
        FrameworkLauncher launcher = new FakeLauncher() {
            @Override
            public Needs needs(JobShape job) {
                Needs.Port port = new Needs.Port(FIRST, "http", 0);
                return new Needs(List.of(port, port, new Needs.Port(new ReplicaKey("worker", 9), "x y", 80)));
            }
        };
        try (PluginCatalog catalog = catalogOf(launcher)) {
            assertThat(failureOf(catalog.calls().needs(job())).details().get("problems"))
                    .asInstanceOf(InstanceOfAssertFactories.LIST)
                    .hasSize(5);
        }
    }

    @Test
    void refusesDefaultsThatDropARole() {
        FrameworkLauncher launcher = new FakeLauncher() {
            @Override
            public JobShape defaults(JobShape job) {
                return JobShape.builder().from(job).roles(List.of()).build();
            }
        };
        try (PluginCatalog catalog = catalogOf(launcher)) {
            assertThat(failureOf(catalog.calls().review(job())).code()).isEqualTo(PluginError.PLUGIN_ANSWER_INVALID);
        }
    }

    @Test
    void reviewsWithDefaults() {
        try (PluginCatalog catalog = catalogOf(new FakeLauncher())) {
            assertThat(catalog.calls().review(job()).join()).isEqualTo(new Review(job(), List.of(), List.of()));
        }
    }

    @Test
    void anUnknownFrameworkIsAViolationAndLaterAnError() {
        try (PluginCatalog catalog = PluginCatalog.builder().load()) {
            assertThat(catalog.calls().review(job()).join().violations())
                    .singleElement()
                    .satisfies(violation -> assertThat(violation.path()).isEqualTo("spec.framework"));
            assertThat(failureOf(catalog.calls().plan(view())).code()).isEqualTo(PluginError.FRAMEWORK_UNKNOWN);
        }
    }

    @Test
    void afterClosingCallsFail() {
        PluginCatalog catalog = catalogOf(new FakeLauncher());
        catalog.close();
        assertThat(failureOf(catalog.calls().plan(view())).code()).isEqualTo(PluginError.PLUGINS_CLOSED);
        assertThatThrownBy(() -> catalog.calls().needs(job()).join()).isInstanceOf(CompletionException.class);
    }

    private static void assertFails(FrameworkLauncher launcher, PluginError code, String... parts) {
        try (PluginCatalog catalog = catalogOf(launcher)) {
            MLEngineException failure = failureOf(catalog.calls().plan(view()));
            assertThat(failure.code()).isEqualTo(code);
            assertThat(failure.getMessage()).contains(parts);
        }
    }

    private static MLEngineException failureOf(CompletableFuture<?> future) {
        try {
            Object value = future.get(10, TimeUnit.SECONDS);
            throw new AssertionError("did not fail, but gave " + value);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MLEngineException failure) {
                return failure;
            }
            throw new AssertionError("failed otherwise", e);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("no answer", e);
        }
    }

    private static PluginCatalog catalogOf(FrameworkLauncher launcher) {
        return PluginCatalog.builder().plugin(() -> List.of(launcher)).load();
    }

    private static FrameworkLauncher planning(Function<ClusterView, LaunchPlan> plan) {
        return new FakeLauncher() {
            @Override
            public LaunchPlan plan(ClusterView view) {
                return plan.apply(view);
            }
        };
    }

    private static LaunchPlan good(ClusterView view) {
        return LaunchPlan.of(view, member -> replica(member.key()).build());
    }

    private static LaunchPlan plans(ReplicaPlan... replicas) {
        return new LaunchPlan(List.of(replicas), List.of());
    }

    private static ReplicaPlan.Builder replica(ReplicaKey key) {
        return ReplicaPlan.builder().key(key);
    }

    private static JobShape job() {
        return JobShape.builder()
                .name("job")
                .framework(FrameworkName.of("fake"))
                .addRole(Role.named("worker").build())
                .build();
    }

    private static ClusterView view() {
        return ClusterView.builder()
                .attempt(new AttemptId(JobId.of("j"), 1))
                .job(job())
                .addMember(new ClusterView.Member(FIRST, "127.0.0.1", new TreeMap<>(), List.of(), 0))
                .build();
    }

    private static class FakeLauncher implements FrameworkLauncher {
        @Override
        public FrameworkName name() {
            return FrameworkName.of("fake");
        }

        @Override
        public LaunchPlan plan(ClusterView view) {
            return good(view);
        }
    }
}
