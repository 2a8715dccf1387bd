package io.mlengine.backend.k8s.webhook;

import io.mlengine.core.admission.FieldPath;
import io.mlengine.core.admission.ViolationCode;
import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.DataSource;
import io.mlengine.spi.model.GitSource;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What works on one machine and cannot work in pods. Pure. */
final class KubernetesRules {
    private static final Pattern REACHABLE = Pattern.compile("(https?|git)://.*");
    private static final Pattern CLAIM = Pattern.compile("pvc://.*");

    private final boolean bringsCode;

    /**
     * Makes the rules.
     *
     * @param bringsCode whether this installation has an image of git-sync
     */
    KubernetesRules(boolean bringsCode) {
        this.bringsCode = bringsCode;
    }

    /**
     * Judges a job.
     *
     * @param train the job
     * @return what is wrong with it besides the rules that hold everywhere
     */
    List<Violation> check(MLTrain train) {
        List<Violation> violations = new ArrayList<>();
        for (int i = 0; i < train.roles().size(); i++) {
            Role role = train.roles().get(i);
            if (role.image().isEmpty()) {
                String at = FieldPath.key(FieldPath.item("spec.roles", i), "image");
                violations.add(ViolationCode.MISSING_FIELD.at(
                        at, "", "`image` is required: on Kubernetes replicas run in containers"));
            }
        }
        train.code().ifPresent(code -> {
            code.path()
                    .ifPresent(path -> violations.add(ViolationCode.BAD_SOURCE.at(
                            "spec.code.path",
                            path,
                            "pods do not see this folder; use `git`, or an image that holds the code")));
            code.git().ifPresent(git -> git(git, violations));
        });
        for (int i = 0; i < train.inputs().size(); i++) {
            DataSource input = train.inputs().get(i);
            if (!CLAIM.matcher(input.source()).matches()) {
                String at = FieldPath.key(FieldPath.item("spec.inputs", i), "source");
                violations.add(ViolationCode.BAD_SOURCE.at(
                        at, input.source(), "pods do not see this folder; use a volume claim, pvc://claim/path"));
            }
        }
        return violations;
    }

    private void git(GitSource git, List<Violation> violations) {
        if (!bringsCode) {
            violations.add(ViolationCode.BAD_SOURCE.at(
                    "spec.code.git",
                    "",
                    "this installation has no image of git-sync; use an image that holds the code"));
        } else if (!REACHABLE.matcher(git.repository()).matches()) {
            violations.add(ViolationCode.BAD_SOURCE.at(
                    "spec.code.git.repository",
                    git.repository(),
                    "pods have neither this folder nor a key for ssh; use https and, if needed, `credentials`"));
        }
    }
}
