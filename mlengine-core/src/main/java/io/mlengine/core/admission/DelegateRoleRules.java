package io.mlengine.core.admission;

import static io.mlengine.core.admission.FieldPath.item;
import static io.mlengine.core.admission.FieldPath.key;

import io.mlengine.core.job.Delegate;
import io.mlengine.core.job.DelegateKind;
import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.Deciders;
import io.mlengine.spi.model.GpuRequest;
import io.mlengine.spi.model.Role;
import java.util.List;

/** The roles of a job that is handed to another controller: which ones there are, and what their replicas may ask for. */
final class DelegateRoleRules {
    /** Roles of which there is one replica. */
    private static final List<String> SINGLE = List.of("chief", "master", "launcher");

    /** Roles of a TFJob that are never waited for. */
    private static final List<String> BYSTANDERS = List.of("ps", "evaluator");

    private final MLTrain train;
    private final DelegateKind kind;
    private final String version;
    private final Findings findings;

    DelegateRoleRules(MLTrain train, Delegate delegate, Findings findings) {
        this.train = train;
        this.kind = delegate.kind();
        this.version = delegate.apiVersion();
        this.findings = findings;
    }

    void check() {
        for (int i = 0; i < train.roles().size(); i++) {
            Role role = train.roles().get(i);
            String path = item("spec.roles", i);
            if (kind.roles().contains(role.name())) {
                size(path, role);
                part(path, role);
                resources(path, role);
            } else {
                String advice = "a " + kind.word() + " has the roles " + String.join(", ", kind.roles());
                findings.add(ViolationCode.UNKNOWN_ROLE, key(path, "name"), role.name(), advice);
            }
            if (role.image().isEmpty()) {
                findings.add(ViolationCode.MISSING_FIELD, key(path, "image"), "", "its pods run an image");
            }
            role.workingDirectory()
                    .filter(folder -> !folder.startsWith("/"))
                    .ifPresent(folder -> findings.add(
                            ViolationCode.BAD_PATH,
                            key(path, "workingDirectory"),
                            folder,
                            "there is no folder of code that it could lie in: begin it with a /"));
        }
        required();
    }

    private void required() {
        switch (kind) {
            case XGBOOST_JOB -> require("master");
            case MPI_JOB -> {
                require("launcher");
                if (!train.frameworkOptions().flag("runLauncherAsWorker")) {
                    require("worker");
                }
            }
            case PYTORCH_JOB -> {
                int total = train.roles().stream().mapToInt(Role::replicas).sum();
                // Nobody tells the workers of the first among them.
                if (total > 1 && DelegateRules.elasticWorker(train).isEmpty()) {
                    require("master");
                }
            }
            case TF_JOB -> {
                // Without a chief the first worker is it.
            }
        }
    }

    private void require(String name) {
        if (train.roles().stream().noneMatch(role -> role.name().equals(name))) {
            refuse("spec.roles", "", "a " + kind.word() + " of this shape needs a role " + name);
        }
    }

    private void size(String path, Role role) {
        if (SINGLE.contains(role.name()) && (role.replicas() != 1 || role.isElastic())) {
            refuse(key(path, "replicas"), Integer.toString(role.replicas()), "there is one " + role.name());
        } else if (role.isElastic()
                && !(kind == DelegateKind.PYTORCH_JOB && role.name().equals("worker"))) {
            String field = role.minReplicas().isPresent() ? "minReplicas" : "maxReplicas";
            refuse(key(path, field), "", "only the workers of a PyTorchJob are elastic");
        }
    }

    private void part(String path, Role role) {
        role.restartScope().ifPresent(scope -> refuse(key(path, "restartScope"), "", decides("what starts again")));
        role.deciders()
                .filter(deciders ->
                        !(kind == DelegateKind.TF_JOB && role.name().equals("worker") && deciders == Deciders.ALL))
                .ifPresent(deciders -> refuse(key(path, "deciders"), "", decides("who decides")));
        if (!role.critical()) {
            refuse(key(path, "critical"), "false", decides("what a failure means"));
        }
        if (!role.tracked() && !(kind == DelegateKind.TF_JOB && BYSTANDERS.contains(role.name()))) {
            refuse(key(path, "tracked"), "false", decides("who is waited for"));
        }
        boolean waitsForWorkers = version.equals(DelegateKind.MPI_V2)
                && role.name().equals("launcher")
                && role.startAfter().equals(List.of("worker"));
        if (!role.startAfter().isEmpty() && !waitsForWorkers) {
            refuse(key(path, "startAfter"), String.join(", ", role.startAfter()), decides("the order"));
        }
    }

    private void resources(String path, Role role) {
        String at = key(key(path, "resources"), "gpus");
        role.resources().gpus().ifPresent(gpus -> gpus(at, gpus));
    }

    private void gpus(String at, GpuRequest gpus) {
        gpus.model()
                .ifPresent(model -> refuse(
                        key(at, "model"),
                        model,
                        "name the nodes' own label, as in `nodes: {selector: {nvidia.com/gpu.product: …}}`"));
        if (gpus.memoryBytes().isPresent()) {
            refuse(key(at, "memory"), "", "choose nodes by their labels in `nodes`");
        }
        if (gpus.optional()) {
            refuse(key(at, "optional"), "true", "its pods wait until they have what they ask for: remove it");
        }
    }

    private String decides(String what) {
        return "the controller of " + kind.word() + " knows " + what + ": remove it";
    }

    private void refuse(String path, String found, String advice) {
        findings.add(ViolationCode.NOT_DELEGABLE, path, found, advice);
    }
}
