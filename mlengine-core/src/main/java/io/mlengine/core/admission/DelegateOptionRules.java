package io.mlengine.core.admission;

import io.mlengine.core.job.Delegate;
import io.mlengine.core.job.DelegateKind;
import io.mlengine.core.job.MLTrain;
import java.util.List;

/** Which of the framework's options the kind has a field for. */
final class DelegateOptionRules {
    /** Fields of a PyTorchJob's elastic policy. */
    private static final List<String> RENDEZVOUS =
            List.of("maxRestarts", "rdzvBackend", "rdzvEndpoint", "rdzvId", "rdzvConf", "standalone");

    private final MLTrain train;
    private final Delegate delegate;
    private final Findings findings;

    DelegateOptionRules(MLTrain train, Delegate delegate, Findings findings) {
        this.train = train;
        this.delegate = delegate;
        this.findings = findings;
    }

    void check() {
        boolean isElastic = DelegateRules.elasticWorker(train).isPresent();
        train.frameworkOptions().values().forEach((name, value) -> {
            String path = FieldPath.key("spec.frameworkOptions", name);
            String word = delegate.kind().word();
            if (delegate.kind() == DelegateKind.PYTORCH_JOB && RENDEZVOUS.contains(name)) {
                if (!isElastic) {
                    String advice = "a " + word + " has it for elastic workers only: give the role worker"
                            + " `minReplicas` and `maxReplicas`, or remove it";
                    refuse(path, value, advice);
                }
            } else if (!known().contains(name) && !isUsual(name, value)) {
                refuse(path, value, "a " + word + " of " + delegate.apiVersion() + " has no field for it: remove it");
            }
        });
    }

    private List<String> known() {
        return switch (delegate.kind()) {
            // Variables of both modes are set for every program.
            case PYTORCH_JOB -> List.of("mode", "nprocPerNode", "masterPort");
            case TF_JOB -> List.of("port", "dynamicWorkers");
            case XGBOOST_JOB -> List.of("masterPort");
            case MPI_JOB ->
                delegate.apiVersion().equals(DelegateKind.MPI_V2)
                        ? List.of("slotsPerWorker", "implementation", "runLauncherAsWorker")
                        : List.of("slotsPerWorker");
        };
    }

    /** What is said and would be so anyway. */
    private static boolean isUsual(String name, Object value) {
        return switch (name) {
            case "implementation" -> value.equals("openmpi");
            case "tracker" -> value.equals("rank0");
            case "waitForMaster" -> value.equals(true);
            default -> value.equals(false);
        };
    }

    private void refuse(String path, Object value, String advice) {
        findings.add(ViolationCode.NOT_DELEGABLE, path, String.valueOf(value), advice);
    }
}
