package io.mlengine.core.admission;

import static io.mlengine.core.admission.FieldPath.item;
import static io.mlengine.core.admission.FieldPath.key;

import io.mlengine.core.job.BackOff;
import io.mlengine.core.job.Delegate;
import io.mlengine.core.job.DelegateKind;
import io.mlengine.core.job.ExitCodes;
import io.mlengine.core.job.ExitCodes.Profile;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.RunPolicy;
import io.mlengine.core.job.SuccessPolicy;
import io.mlengine.spi.model.Role;
import java.util.Locale;
import java.util.Optional;

/**
 * What a job may say that is handed to another controller. Whatever the controller's kind has no word for is refused: a
 * field that is lost without a word does more harm than one that has to be left out.
 */
final class DelegateRules {
    private static final String POLICY = "spec.runPolicy";
    private static final String SCHEDULING = "spec.scheduling";

    private final MLTrain train;
    private final Delegate delegate;
    private final Findings findings;

    /**
     * Makes the rules.
     *
     * @param train the job as it is written, since a default is no wish
     */
    DelegateRules(MLTrain train, Delegate delegate, Findings findings) {
        this.train = train;
        this.delegate = delegate;
        this.findings = findings;
    }

    void check() {
        DelegateKind kind = delegate.kind();
        if (!kind.versions().contains(delegate.apiVersion())) {
            String advice = Suggestions.advice(delegate.apiVersion(), kind.versions());
            findings.add(ViolationCode.UNKNOWN_WORD, "spec.delegate.apiVersion", delegate.apiVersion(), advice);
            return;
        }
        if (!kind.framework().equals(train.framework())) {
            String advice = "a " + kind.word() + " runs the framework " + kind.framework() + ", and this job's is "
                    + train.framework();
            findings.add(ViolationCode.CONTRADICTION, "spec.delegate.kind", kind.word(), advice);
            return;
        }
        surroundings();
        policy(train.runPolicy());
        scheduling();
        new DelegateRoleRules(train, delegate, findings).check();
        new DelegateOptionRules(train, delegate, findings).check();
    }

    private void surroundings() {
        if (train.code().isPresent()) {
            refuse("spec.code", "", "put the code into the image");
        }
        if (!train.outputs().isEmpty()) {
            refuse("spec.outputs", "", "let the program write to an input with `readOnly: false`");
        }
        train.environment().python().ifPresent(python -> refuse("spec.environment.python", "", "the image holds it"));
        train.environment()
                .volumeClaim()
                .ifPresent(claim -> refuse(
                        "spec.environment.volumeClaim",
                        claim,
                        "mount the claim as an input: `source: pvc://" + claim + "`, `readOnly: false`"));
        for (int i = 0; i < train.inputs().size(); i++) {
            String path = item("spec.inputs", i);
            if (!train.inputs().get(i).source().startsWith("pvc://")) {
                refuse(key(path, "source"), train.inputs().get(i).source(), "name a claim as pvc://claim/path");
            }
            if (!train.inputs().get(i).path().startsWith("/")) {
                refuse(
                        key(path, "path"),
                        train.inputs().get(i).path(),
                        "say where the program finds it, with a / at the beginning");
            }
        }
        if (train.priority() != 0) {
            refuse(
                    "spec.priority",
                    Integer.toString(train.priority()),
                    "its pods are as important as their `pod.priorityClass`");
        }
    }

    private void policy(RunPolicy policy) {
        policy.retries()
                .preemption()
                .ifPresent(
                        limit -> refuse(key(key(POLICY, "retries"), "preemption"), Integer.toString(limit), remove()));
        exitCodes(policy.exitCodes());
        if (!policy.backOff().equals(BackOff.DEFAULT)) {
            refuse(key(POLICY, "backOff"), "", remove());
        }
        if (!policy.startTimeout().equals(RunPolicy.DEFAULT.startTimeout())) {
            refuse(key(POLICY, "startTimeout"), policy.startTimeout().toString(), remove());
        }
        policy.progressTimeout().ifPresent(time -> refuse(key(POLICY, "progressTimeout"), time.toString(), remove()));
    }

    private void exitCodes(ExitCodes codes) {
        String found = codes.profile().name().toLowerCase(Locale.ROOT);
        if (delegate.apiVersion().equals(DelegateKind.MPI_V2)) {
            // There the launcher is a Job of Kubernetes, which does not look at codes.
            if (codes.profile() != Profile.ANY && train.runPolicy().retries().user() > 0) {
                refuse(
                        key(POLICY, "exitCodes"),
                        found,
                        "every failure is tried again: say `exitCodes: any`, or `retries: {user: 0}`");
            }
        } else if (codes.profile() == Profile.KUBEDL || codes.profile() == Profile.CUSTOM) {
            refuse(key(POLICY, "exitCodes"), found, "use kubeflow, any or none");
        }
    }

    private void scheduling() {
        train.scheduling().topology().ifPresent(topology -> refuse(key(SCHEDULING, "topology"), "", remove()));
        train.scheduling().runTime().ifPresent(time -> refuse(key(SCHEDULING, "runTime"), time.toString(), remove()));
        if (train.success().rule() != SuccessPolicy.Rule.DECIDERS) {
            String advice = delegate.kind() == DelegateKind.TF_JOB
                    ? "say `deciders: all` of the role worker"
                    : "its controller knows who decides: remove it";
            refuse("spec.success.rule", "all", advice);
        }
        train.success()
                .minSucceeded()
                .ifPresent(least -> refuse("spec.success.minSucceeded", Integer.toString(least), remove()));
    }

    private String remove() {
        return "a " + delegate.kind().word() + " does not know it: remove it, or `delegate`";
    }

    private void refuse(String path, String found, String advice) {
        findings.add(ViolationCode.NOT_DELEGABLE, path, found, advice);
    }

    /** The elastic role worker of a job, which is what rendezvous and bounds of size are about. */
    static Optional<Role> elasticWorker(MLTrain train) {
        return train.roles().stream()
                .filter(role -> role.name().equals("worker") && role.isElastic())
                .findFirst();
    }
}
