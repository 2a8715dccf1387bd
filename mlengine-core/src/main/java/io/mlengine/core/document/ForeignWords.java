package io.mlengine.core.document;

import io.mlengine.core.admission.Suggestions;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What fields of other systems are called here. */
final class ForeignWords {
    private static final Map<String, String> MEANINGS = meanings();

    private ForeignWords() {}

    /** What to write instead of an unknown field. */
    static String advice(String word, String path, List<String> siblings) {
        return Suggestions.closest(word, siblings)
                .map(closest -> "did you mean `" + closest + "`?")
                .or(() ->
                        Optional.ofNullable(MEANINGS.get(plain(word))).map(meaning -> "write " + meaning + " instead"))
                .or(() -> elsewhere(word, path))
                .orElseGet(() -> "known here: " + String.join(", ", siblings));
    }

    private static Optional<String> elsewhere(String word, String path) {
        List<String> places = TrainTable.placesOf(word).stream()
                .filter(place -> !place.equals(path))
                .toList();
        return places.isEmpty() ? Optional.empty() : Optional.of("`" + word + "` belongs in " + places.get(0));
    }

    private static String plain(String word) {
        return word.replace("_", "").replace("-", "").toLowerCase(Locale.ROOT);
    }

    private static Map<String, String> meanings() {
        Map<String, String> words = new TreeMap<>();
        String roles = "`roles` with a name for each";
        List.of("replicaSpecs", "pytorchReplicaSpecs", "tfReplicaSpecs", "mpiReplicaSpecs", "xgbReplicaSpecs", "tasks")
                .forEach(word -> words.put(plain(word), roles));
        List.of("numNodes", "nnodes", "numWorkers", "numProcesses", "parallelism", "completions", "minAvailable")
                .forEach(word -> words.put(plain(word), "`roles[].replicas`"));
        words.put("minavailable", "`scheduling.gangMinimum`");
        words.put("minmember", "`scheduling.gangMinimum`");
        List.of("nprocPerNode", "numProcPerNode", "procPerNode", "gpusPerNode")
                .forEach(word -> words.put(plain(word), "`frameworkOptions.nprocPerNode`"));
        List.of("accelerators", "accelerator", "gpu", "gpus", "numGpus", "nvidia.com/gpu", "slotsPerTrial")
                .forEach(word -> words.put(plain(word), "`resources.gpus`"));
        List.of("limits", "requests").forEach(word -> words.put(word, "`cpu`, `memory` and `gpus` right here"));
        words.put("mem", "`memory`");
        words.put("cpus", "`cpu`");
        words.put("restartpolicy", "`restartScope` and `runPolicy.exitCodes`");
        List.of("backoffLimit", "maxRetries", "maxRestarts", "maxRetry", "retryLimit")
                .forEach(word -> words.put(plain(word), "`runPolicy.retries.user`"));
        words.put("ttlsecondsafterfinished", "`runPolicy.ttlAfterFinished` with a unit, for example 1h");
        words.put("activedeadlineseconds", "`runPolicy.activeDeadline` with a unit, for example 2h");
        words.put("timeout", "`runPolicy.activeDeadline`");
        words.put("terminationgraceperiodseconds", "`runPolicy.stopGrace` with a unit, for example 30s");
        words.put("cleanpodpolicy", "`runPolicy.cleanup`");
        words.put("elasticpolicy", "`minReplicas` and `maxReplicas` of the role");
        words.put("schedulingpolicy", "`scheduling`");
        words.put("priorityclassname", "`priority`, or `pod.priorityClass` of the role for the cluster's");
        words.put("nodeselector", "`nodes.selector` of the role");
        List.of("affinity", "nodeAffinity", "nodeSelectorTerms", "matchExpressions")
                .forEach(word -> words.put(plain(word), "`nodes.anyOf` of the role"));
        words.put("serviceaccountname", "`pod.serviceAccount` of the role");
        words.put("securitycontext", "`pod.runAsUser` and its neighbours, of the role");
        words.put("shmsize", "`pod.sharedMemory` of the role");
        words.put("queuename", "`queue`");
        words.put("entrypoint", "`roles[].command`");
        words.put("setup", "`environment.python.requirements`");
        words.put("workdir", "`workingDirectory`");
        words.put("workingdir", "`workingDirectory`");
        words.put("envs", "`env`");
        words.put("dependson", "`startAfter`");
        words.put("successpolicy", "`success`");
        words.put("template", "the container's fields directly in the role");
        words.put("containers", "the container's fields directly in the role");
        return words;
    }
}
