package io.mlengine.core.convert;

import io.mlengine.core.admission.Suggestions;
import io.mlengine.core.admission.ViolationCode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Documents that become no job: those that accompany one in a cluster, and jobs that no rule is known for. */
final class OtherKinds {
    private static final String ADDRESSES = "the launcher tells each replica the addresses of the others";

    /** What stands beside a job in a cluster, and why a job here does not need it. */
    private static final Map<String, String> COMPANIONS = Map.ofEntries(
            Map.entry("Service", ADDRESSES),
            Map.entry("NetworkPolicy", ADDRESSES),
            Map.entry("Pod", "what runs beside a job is a role of it with `tracked: false`, or is there already"),
            Map.entry("ConfigMap", "its values become variables, its files a part of the code"),
            Map.entry("Secret", "secrets are looked up where the job runs"),
            Map.entry("PersistentVolume", "the backend knows where claims lie"),
            Map.entry("PersistentVolumeClaim", "the backend knows where claims lie"),
            Map.entry("Namespace", "the job names its namespace"),
            Map.entry("ServiceAccount", "replicas do not talk to Kubernetes"),
            Map.entry("Role", "replicas do not talk to Kubernetes"),
            Map.entry("RoleBinding", "replicas do not talk to Kubernetes"),
            Map.entry("PriorityClass", "importance is a number of the job"),
            Map.entry("LocalQueue", "queues are the engine's, see its configuration"),
            Map.entry("ClusterQueue", "queues are the engine's, see its configuration"),
            Map.entry("ResourceFlavor", "queues are the engine's, see its configuration"),
            Map.entry("PodGroup", "the replicas of a job always start together"));

    private static final String BY_HAND = "write one role for each kind of replica, with `framework: command`";

    /** Jobs that cannot be converted, by kind, or by group and kind where a kind has several meanings. */
    private static final Map<String, String> JOBS = Map.ofEntries(
            Map.entry(
                    "batch.volcano.sh/Job",
                    "a Volcano Job says which programs run, not which framework's contract they follow; " + BY_HAND),
            Map.entry("PaddleJob", "there is no launcher for PaddlePaddle; " + BY_HAND),
            Map.entry("MXJob", "there is no launcher for MXNet, which has been retired; " + BY_HAND),
            Map.entry("batch/Job", "a Job of Kubernetes follows no framework's contract; " + BY_HAND),
            Map.entry("CronJob", "nothing starts jobs by the clock; run `mlengine run` from cron"),
            Map.entry("JobSet", "a JobSet follows no framework's contract; " + BY_HAND),
            Map.entry("RayJob", "there is no launcher for Ray; " + BY_HAND),
            Map.entry("SparkApplication", "there is no launcher for Spark; " + BY_HAND),
            Map.entry("MLTrain", "this is a job of this engine already; mlengine validate checks it"));

    private OtherKinds() {}

    /** Tells what is to be told about a document that no rules are known for. */
    static void tell(ForeignValue document, String apiVersion, String kind, List<String> known) {
        String companion = apiVersion.startsWith("kubeflow.org/") ? null : COMPANIONS.get(kind);
        if (companion != null) {
            document.dropped(companion, "");
            return;
        }
        String group = apiVersion.replaceFirst("/.*", "");
        Optional<String> reason =
                Optional.ofNullable(JOBS.get(group + "/" + kind)).or(() -> Optional.ofNullable(JOBS.get(kind)));
        if (reason.isEmpty() && group.equals("training.kubedl.io")) {
            reason = Optional.of("jobs of KubeDL have other policies; write the same job for kubeflow.org/v1 first");
        }
        document.at("kind")
                .orElse(document)
                .reject(ViolationCode.NOT_CONVERTIBLE, kind, reason.orElseGet(() -> Suggestions.advice(kind, known)));
    }
}
