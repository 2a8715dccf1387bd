package io.mlengine.backend.k8s.webhook;

import io.mlengine.core.admission.ViolationCode;
import io.mlengine.core.document.DocumentResult;
import io.mlengine.core.document.PlacedViolation;
import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Everything that is wrong with an {@code MLTrain} that is made, or with a change of one. Pure as far as the engine's rules are. */
final class TrainRules {
    private static final Set<String> ENDED = Set.of("Succeeded", "Failed", "Cancelled", "Deleting");
    private static final String CANCEL = "Cancel";

    private final Function<MLTrain, List<Violation>> engine;
    private final KubernetesRules kubernetes;

    /**
     * Makes the rules.
     *
     * @param engine what the engine would reject: {@code MLEngine.validate}
     * @param kubernetes what cannot work in pods
     */
    TrainRules(Function<MLTrain, List<Violation>> engine, KubernetesRules kubernetes) {
        this.engine = engine;
        this.kubernetes = kubernetes;
    }

    /** What is wrong with a new job, in the order of its fields. */
    List<Violation> create(TrainObject created) {
        DocumentResult document = created.document();
        if (document.train().isPresent()) {
            MLTrain train = document.train().get();
            List<Violation> found = engine.apply(train);
            document = document.with(found);
            // Pods cannot be thought of for a framework that does not exist.
            if (found.stream().noneMatch(violation -> violation.path().equals("spec.framework"))) {
                document = document.with(kubernetes.check(train));
            }
        }
        return plain(document);
    }

    /**
     * What is wrong with a change. Rules that the job broke before are not held against it: a job that a newer engine
     * would not accept can still be cancelled.
     */
    List<Violation> update(TrainObject before, TrainObject after) {
        List<Violation> violations = new ArrayList<>(plain(after.document()));
        violations.removeAll(plain(before.document()));
        if (violations.isEmpty()) {
            violations.addAll(changes(before, after));
        }
        violations.addAll(wishes(before, after));
        return violations;
    }

    private static List<Violation> changes(TrainObject before, TrainObject after) {
        Optional<MLTrain> old = before.train();
        Optional<MLTrain> now = after.train();
        if (old.isPresent() && now.isPresent()) {
            return SpecChanges.of(old.get(), now.get());
        }
        boolean isSame = before.json().path("spec").equals(after.json().path("spec"));
        String advice = "the job cannot be read, so it can only be deleted";
        return isSame ? List.of() : List.of(ViolationCode.IMMUTABLE.at("spec", "", advice));
    }

    private static List<Violation> wishes(TrainObject before, TrainObject after) {
        if (before.desired().equals(after.desired())) {
            return List.of();
        }
        String at = "spec.desired";
        if (ENDED.contains(before.phase())) {
            String advice = "the job has ended (" + before.phase() + "), make another one";
            return List.of(ViolationCode.IMMUTABLE.at(at, after.desired(), advice));
        }
        if (before.desired().equals(CANCEL)) {
            String advice = "the job is cancelled, make another one";
            return List.of(ViolationCode.IMMUTABLE.at(at, after.desired(), advice));
        }
        return List.of();
    }

    private static List<Violation> plain(DocumentResult document) {
        return document.violations().stream().map(PlacedViolation::violation).toList();
    }
}
