package io.mlengine.core.convert;

import io.mlengine.core.admission.Suggestions;
import io.mlengine.core.admission.ViolationCode;
import io.mlengine.core.convert.TrainingRuntime.Launcher;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The runtimes that were given together with TrainJobs, and what is known of Kubeflow's own ones. */
final class Runtimes {
    private static final Map<String, Launcher> KUBEFLOW = Map.of(
            "torch-distributed", Launcher.TORCH,
            "torch-distributed-with-cache", Launcher.TORCH,
            "deepspeed-distributed", Launcher.MPI,
            "mlx-distributed", Launcher.MPI,
            "jax-distributed", Launcher.JAX,
            "xgboost-distributed", Launcher.XGBOOST);

    private final Map<String, Function<Ledger, ForeignValue>> given = new LinkedHashMap<>();
    private final Set<String> used = new LinkedHashSet<>();

    /** Adds a runtime; what is told about it goes to the ledger of the job that uses it. */
    void add(String name, Function<Ledger, ForeignValue> document) {
        given.put(name, document);
    }

    boolean isUsed(String name) {
        return used.contains(name);
    }

    void read(TrainJobDraft job) {
        Optional<ForeignValue> reference = job.source.at("spec").flatMap(spec -> spec.at("runtimeRef"));
        String name = reference.flatMap(value -> value.peek("name")).orElse("");
        if (reference.isEmpty() || name.isEmpty()) {
            job.source.reject(ViolationCode.MISSING_FIELD, "", "`spec.runtimeRef.name` is required");
            return;
        }
        Function<Ledger, ForeignValue> document = given.get(name);
        if (document != null) {
            used.add(name);
            job.isRuntimeKnown = true;
            TrainingRuntime.DOCUMENT.read(document.apply(job.source.ledger()), job);
        } else if (KUBEFLOW.containsKey(name)) {
            assume(job, reference.get(), KUBEFLOW.getOrDefault(name, Launcher.NONE));
        } else {
            String advice = Suggestions.closest(name, given.keySet())
                    .map(closest -> "did you mean `" + closest + "`?")
                    .orElse("give the runtime's document too");
            reference.get().reject(ViolationCode.MISSING_DOCUMENT, name, advice);
        }
    }

    private static void assume(TrainJobDraft job, ForeignValue reference, Launcher launcher) {
        job.launchedBy(launcher);
        job.runsLauncherAsNode = launcher == Launcher.MPI;
        reference.check(
                "the runtime is not among the documents; it is taken for Kubeflow's own of that name",
                "give its document too, for its image and its other settings");
    }
}
