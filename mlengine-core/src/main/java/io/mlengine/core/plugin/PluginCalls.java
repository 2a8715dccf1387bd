package io.mlengine.core.plugin;

import io.mlengine.core.plugin.FrameworkRegistry.Entry;
import io.mlengine.spi.error.MLEngineException;
import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.ClusterView.Member;
import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.model.FrameworkName;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Violation;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Calls launchers on their plugins' own threads and checks what they answer. A future fails with an {@link
 * MLEngineException} with a {@link PluginError}; an attempt that cannot be planned fails as a matter of configuration,
 * since no other attempt would differ. What is chained to a future must not block.
 */
public final class PluginCalls {
    private final FrameworkRegistry registry;

    PluginCalls(FrameworkRegistry registry) {
        this.registry = registry;
    }

    /** Defaults, then violations, of the job's framework; an unknown framework is a violation. */
    public CompletableFuture<Review> review(JobShape job) {
        Optional<Entry> entry = registry.entry(job.framework());
        if (entry.isEmpty()) {
            return CompletableFuture.completedFuture(new Review(job, List.of(unknown(job.framework())), List.of()));
        }
        return call(entry.get(), "defaults and validate", launcher -> {
            JobShape filled = present(entry.get(), "defaults", launcher.defaults(job));
            checkDefaults(entry.get(), job, filled);
            List<Violation> violations = present(entry.get(), "validate", launcher.validate(filled));
            List<String> reserved = present(entry.get(), "reservedVariables", launcher.reservedVariables(filled));
            return new Review(filled, violations, reserved);
        });
    }

    /** The ports that the job's replicas must have. */
    public CompletableFuture<Needs> needs(JobShape job) {
        return withLauncher(
                job.framework(),
                (entry, name) -> call(entry, "needs", launcher -> {
                    Needs needs = present(entry, "needs", launcher.needs(job));
                    checkAnswer(entry, "needs", PlanRules.problems(job, needs));
                    return needs;
                }));
    }

    /** The plan of an attempt. */
    public CompletableFuture<LaunchPlan> plan(ClusterView view) {
        return withLauncher(
                view.job().framework(),
                (entry, name) -> call(entry, "plan", launcher -> {
                    LaunchPlan plan = present(entry, "plan", launcher.plan(view));
                    checkAnswer(entry, "plan", PlanRules.problems(view.members(), plan));
                    return plan;
                }));
    }

    /** The plan of those that join, or empty when the attempt must start anew. */
    public CompletableFuture<Optional<LaunchPlan>> resize(ClusterView from, ClusterView to) {
        return withLauncher(
                to.job().framework(),
                (entry, name) -> call(entry, "resize", launcher -> {
                    Optional<LaunchPlan> plan = present(entry, "resize", launcher.resize(from, to));
                    var before = from.members().stream().map(Member::key).collect(Collectors.toUnmodifiableSet());
                    List<Member> joining = to.members().stream()
                            .filter(member -> !before.contains(member.key()))
                            .toList();
                    plan.ifPresent(joiners -> checkAnswer(entry, "resize", PlanRules.problems(joining, joiners)));
                    return plan;
                }));
    }

    private <T> CompletableFuture<T> withLauncher(
            FrameworkName name, BiFunction<Entry, FrameworkName, CompletableFuture<T>> then) {
        return registry.entry(name)
                .map(entry -> then.apply(entry, name))
                .orElseGet(() -> CompletableFuture.failedFuture(new MLEngineException(
                        PluginError.FRAMEWORK_UNKNOWN,
                        "No plugin brings this framework. Maybe its plugin was refused.",
                        Map.of("framework", name),
                        null)));
    }

    private static <T> CompletableFuture<T> call(Entry entry, String what, Function<FrameworkLauncher, T> work) {
        return entry.bulkhead().call(entry.framework().name() + " " + what, () -> work.apply(entry.launcher()));
    }

    private static <T> T present(Entry entry, String what, @Nullable T answer) {
        if (answer == null) {
            throw invalid(entry, what, List.of("the answer is null"));
        }
        return answer;
    }

    private static void checkDefaults(Entry entry, JobShape job, JobShape filled) {
        List<String> roles = job.roles().stream().map(Role::name).toList();
        List<String> kept =
                filled.roles().stream().map(Role::name).filter(roles::contains).toList();
        if (!filled.name().equals(job.name())
                || !filled.namespace().equals(job.namespace())
                || !filled.framework().equals(job.framework())
                || !kept.equals(roles)) {
            throw invalid(entry, "defaults", List.of("defaults changed the job's name, framework or roles"));
        }
    }

    private static void checkAnswer(Entry entry, String what, List<String> problems) {
        if (!problems.isEmpty()) {
            throw invalid(entry, what, problems);
        }
    }

    private static MLEngineException invalid(Entry entry, String what, List<String> problems) {
        return entry.bulkhead()
                .error(
                        PluginError.PLUGIN_ANSWER_INVALID,
                        "The plugin's answer cannot be used. Maybe the plugin does not pass the contract test.",
                        Map.of("call", entry.framework().name() + " " + what, "problems", problems),
                        null);
    }

    private Violation unknown(FrameworkName name) {
        String known = registry.frameworks().stream()
                .map(framework -> framework.name().value())
                .collect(Collectors.joining(", "));
        return new Violation(
                "spec.framework",
                "ML-FRAMEWORK",
                "no plugin brings this framework",
                name.value(),
                known.isEmpty() ? "install a plugin" : "use one of " + known + ", or install its plugin");
    }
}
