package io.mlengine.cli.host;

import io.mlengine.core.admission.Admission;
import io.mlengine.core.admission.Frameworks;
import io.mlengine.core.document.DocumentResult;
import io.mlengine.core.document.JsonSchema;
import io.mlengine.core.document.TrainDocument;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.plugin.FrameworkRegistry;
import io.mlengine.core.plugin.PluginCatalog;
import io.mlengine.core.plugin.Review;
import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.framework.OptionSchema;
import io.mlengine.spi.model.FrameworkName;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Violation;
import java.util.List;
import java.util.Optional;

/** Documents judged with a catalogue of plugins, the way an engine judges a submit. */
final class CatalogDocuments implements Documents {
    private final PluginCatalog catalog;

    CatalogDocuments(PluginCatalog catalog) {
        this.catalog = catalog;
    }

    @Override
    public DocumentResult read(String name, byte[] text, List<String> assignments) {
        TrainDocument document = TrainDocument.parse(name, text);
        for (String assignment : assignments) {
            document = document.set(assignment);
        }
        DocumentResult result = document.read();
        return result.admittedBy(admission(result.train()));
    }

    /** Everything that is wrong with a job, as an engine would say. */
    List<Violation> judge(MLTrain train) {
        return admission(Optional.of(train)).admit(train).violations();
    }

    private Admission admission(Optional<MLTrain> train) {
        return new Admission(new ReviewedFrameworks(train.flatMap(this::review)));
    }

    private Optional<Review> review(MLTrain train) {
        return find(train.framework())
                .map(framework -> catalog.calls().review(train.shape()).join());
    }

    private Optional<FrameworkRegistry.Framework> find(String name) {
        return catalog.registry().frameworks().stream()
                .filter(framework -> framework.name().value().equals(name))
                .findFirst();
    }

    @Override
    public String schema() {
        return JsonSchema.of(new ReviewedFrameworks(Optional.empty()));
    }

    @Override
    public void close() {
        catalog.close();
    }

    /** Admission asks launchers at once, plugins answer from their own threads: so the answers are fetched before. */
    private final class ReviewedFrameworks implements Frameworks {
        private final Optional<Review> review;

        ReviewedFrameworks(Optional<Review> review) {
            this.review = review;
        }

        @Override
        public Optional<FrameworkLauncher> launcher(FrameworkName name) {
            return find(name.value()).map(framework -> new Answers(framework.name(), framework.options(), review));
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

    private record Answers(FrameworkName name, OptionSchema options, Optional<Review> review)
            implements FrameworkLauncher {
        @Override
        public JobShape defaults(JobShape job) {
            return review.map(Review::job).orElse(job);
        }

        @Override
        public List<Violation> validate(JobShape job) {
            return review.map(Review::violations).orElse(List.of());
        }

        @Override
        public List<String> reservedVariables(JobShape job) {
            return review.map(Review::reservedVariables).orElse(List.of());
        }

        @Override
        public LaunchPlan plan(ClusterView view) {
            throw new IllegalStateException("documents plan nothing");
        }
    }
}
