package io.mlengine.core.internal.inject;

import io.mlengine.core.admission.Admission;
import io.mlengine.core.admission.AdmissionResult;
import io.mlengine.core.admission.Frameworks;
import io.mlengine.core.internal.engine.Launchers;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.plugin.FrameworkRegistry;
import io.mlengine.core.plugin.PluginCatalog;
import io.mlengine.core.plugin.Review;
import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.framework.OptionSchema;
import io.mlengine.spi.model.FrameworkName;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Violation;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Launchers of the plugin catalogue. Admission is pure and asks launchers at once, plugins answer from their own
 * threads: so the framework's review is fetched first, and admission reads it through a launcher that only repeats it.
 */
final class PluginLaunchers implements Launchers {
    private final PluginCatalog catalog;

    PluginLaunchers(PluginCatalog catalog) {
        this.catalog = catalog;
    }

    @Override
    public CompletionStage<Admitted> admit(MLTrain train) {
        Optional<FrameworkRegistry.Framework> framework = framework(train.framework());
        if (framework.isEmpty()) {
            return java.util.concurrent.CompletableFuture.completedFuture(judged(train, Optional.empty()));
        }
        return catalog.calls()
                .review(train.shape())
                .thenApply(review -> judged(
                        train,
                        Optional.of(new ReviewedLauncher(
                                framework.get().name(), framework.get().options(), review))));
    }

    private Optional<FrameworkRegistry.Framework> framework(String name) {
        return catalog.registry().frameworks().stream()
                .filter(framework -> framework.name().value().equals(name))
                .findFirst();
    }

    private Admitted judged(MLTrain train, Optional<FrameworkLauncher> launcher) {
        AdmissionResult result = new Admission(new ReviewedFrameworks(launcher)).admit(train);
        return new Admitted(result.train(), result.violations());
    }

    @Override
    public CompletionStage<Needs> needs(JobShape job) {
        return catalog.calls().needs(job);
    }

    @Override
    public CompletionStage<LaunchPlan> plan(ClusterView view) {
        return catalog.calls().plan(view);
    }

    @Override
    public CompletionStage<Optional<LaunchPlan>> resize(ClusterView from, ClusterView to) {
        return catalog.calls().resize(from, to);
    }

    private final class ReviewedFrameworks implements Frameworks {
        private final Optional<FrameworkLauncher> reviewed;

        ReviewedFrameworks(Optional<FrameworkLauncher> reviewed) {
            this.reviewed = reviewed;
        }

        @Override
        public Optional<FrameworkLauncher> launcher(FrameworkName name) {
            return reviewed;
        }

        @Override
        public List<FrameworkName> names() {
            return catalog.registry().frameworks().stream()
                    .map(FrameworkRegistry.Framework::name)
                    .toList();
        }

        @Override
        public List<String> refused() {
            return catalog.refused();
        }
    }

    private record ReviewedLauncher(FrameworkName name, OptionSchema options, Review review)
            implements FrameworkLauncher {
        @Override
        public JobShape defaults(JobShape job) {
            return review.job();
        }

        @Override
        public List<Violation> validate(JobShape job) {
            return review.violations();
        }

        @Override
        public List<String> reservedVariables(JobShape job) {
            return review.reservedVariables();
        }

        @Override
        public LaunchPlan plan(ClusterView view) {
            throw new IllegalStateException("a review plans nothing");
        }
    }
}
