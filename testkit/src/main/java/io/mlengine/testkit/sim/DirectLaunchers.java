package io.mlengine.testkit.sim;

import io.mlengine.core.internal.engine.Launchers;
import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.model.FrameworkName;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Violation;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/** Calls launchers on the caller's thread, so that a simulation stays deterministic. */
public final class DirectLaunchers implements Launchers {
    private final Map<FrameworkName, FrameworkLauncher> launchers = new TreeMap<>();

    /**
     * Knows these launchers.
     *
     * @param launchers the launchers
     */
    public DirectLaunchers(List<? extends FrameworkLauncher> launchers) {
        launchers.forEach(launcher -> this.launchers.put(launcher.name(), launcher));
    }

    @Override
    public CompletionStage<Admitted> admit(MLTrain train) {
        return call(() -> {
            FrameworkLauncher launcher = launchers.get(FrameworkName.of(train.framework()));
            if (launcher == null) {
                return new Admitted(
                        train, List.of(Violation.of("spec.framework", "ML-440", "no such framework is loaded")));
            }
            JobShape shape = launcher.defaults(train.shape());
            return new Admitted(
                    MLTrain.builder().from(train).roles(shape.roles()).build(), launcher.validate(shape));
        });
    }

    @Override
    public CompletionStage<Needs> needs(JobShape job) {
        return with(job, launcher -> launcher.needs(job));
    }

    @Override
    public CompletionStage<LaunchPlan> plan(ClusterView view) {
        return with(view.job(), launcher -> launcher.plan(view));
    }

    @Override
    public CompletionStage<Optional<LaunchPlan>> resize(ClusterView from, ClusterView to) {
        return with(to.job(), launcher -> launcher.resize(from, to));
    }

    private <T> CompletionStage<T> with(JobShape job, Function<FrameworkLauncher, T> question) {
        return call(() -> {
            FrameworkLauncher launcher = launchers.get(job.framework());
            if (launcher == null) {
                throw new IllegalStateException("no launcher named " + job.framework());
            }
            return question.apply(launcher);
        });
    }

    private static <T> CompletionStage<T> call(Supplier<T> question) {
        try {
            return CompletableFuture.completedFuture(question.get());
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
