package io.mlengine.backend.k8s.webhook;

import io.mlengine.backend.k8s.pod.PodManifests;
import io.mlengine.backend.k8s.pod.Unsupported;
import io.mlengine.core.admission.ViolationCode;
import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What works on one machine and cannot work in pods: what the makers of pods would refuse later, told at once. Pure. */
final class KubernetesRules {
    private static final Pattern FOLDER = Pattern.compile("file:.*|\\.{0,2}/.*");

    private final PodManifests pods;

    /**
     * Makes the rules.
     *
     * @param pods the makers of pods, as this installation has set them up
     */
    KubernetesRules(PodManifests pods) {
        this.pods = pods;
    }

    /**
     * Judges a job.
     *
     * @param train a job of a framework that exists
     * @return what is wrong with it besides the rules that hold everywhere
     */
    List<Violation> check(MLTrain train) {
        if (train.delegate().isPresent()) {
            // Others make its pods, and admission has said what those cannot do.
            return List.of();
        }
        List<Violation> violations = new ArrayList<>();
        train.code()
                .flatMap(code -> code.git())
                .filter(git -> FOLDER.matcher(git.repository()).matches())
                .ifPresent(git -> violations.add(ViolationCode.BAD_SOURCE.at(
                        "spec.code.git.repository", git.repository(), "pods do not see this machine's folders")));
        pods.unsupported(train.shape()).stream().map(KubernetesRules::violation).forEach(violations::add);
        return violations;
    }

    private static Violation violation(Unsupported unsupported) {
        return code(unsupported.path()).at(unsupported.path(), "", unsupported.message());
    }

    private static ViolationCode code(String path) {
        if (path.endsWith(".image")) {
            return ViolationCode.MISSING_FIELD;
        }
        boolean isPath = path.startsWith("spec.inputs") ? path.endsWith(".path") : path.endsWith(".workingDirectory");
        return isPath ? ViolationCode.BAD_PATH : ViolationCode.BAD_SOURCE;
    }
}
