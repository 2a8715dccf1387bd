package io.mlengine.core.convert;

import io.mlengine.core.convert.ForeignValue.Member;
import java.time.Duration;
import java.util.List;

/** The template of a role's pods. */
final class PodTable {
    private static final String NODES = "the scheduler chooses nodes by what a replica asks for";

    /** GPU Feature Discovery writes the model with dashes. */
    private static final String GPU_LABEL = "nvidia.com/gpu.product";

    private static final FieldTable<PodDraft> METADATA = FieldTable.<PodDraft>named("pod metadata")
            .dropped(
                    List.of("labels", "annotations"),
                    "replicas have no labels of their own",
                    "put what you search by into `metadata.labels` of the job")
            .dropped(List.of("name", "generateName", "namespace"), "replicas are named by job, role and index", "")
            .dropped("creationTimestamp", "written by the server", "")
            .build();

    /** What a pod is made of. */
    static final FieldTable<PodDraft> POD = FieldTable.<PodDraft>named("pod")
            .value(
                    "containers",
                    "the role; the container of the framework's name, else the first; others are dropped",
                    (pod, list) -> pod.containers.addAll(list.items()))
            .value(
                    "initContainers",
                    "`code.git` for git-sync; others are dropped",
                    (pod, list) -> pod.initContainers.addAll(list.items()))
            .value("volumes", "`inputs`, see volume", PodTable::volumes)
            .value(
                    "nodeSelector",
                    "`resources.gpus.model` for `" + GPU_LABEL + "`; others are dropped",
                    PodTable::nodeSelector)
            .whole(
                    "terminationGracePeriodSeconds",
                    "`runPolicy.stopGrace`",
                    0,
                    (pod, seconds) -> pod.stopGrace(Duration.ofSeconds(seconds)))
            .dropped(
                    List.of("affinity", "topologySpreadConstraints"),
                    NODES,
                    "set `scheduling.topology` to stay together")
            .dropped(List.of("tolerations", "nodeName", "schedulerName", "schedulingGates"), NODES, "")
            .dropped("priorityClassName", "importance is a number here", "set `priority`")
            .dropped(List.of("priority", "preemptionPolicy"), "importance belongs to the job", "set `priority`")
            .dropped("restartPolicy", "the role's own restart policy counts, as in Kubeflow", "")
            .dropped("activeDeadlineSeconds", "time is limited for the job", "set `runPolicy.activeDeadline`")
            .dropped(
                    List.of("serviceAccountName", "serviceAccount", "automountServiceAccountToken"),
                    "replicas do not talk to Kubernetes",
                    "")
            .dropped("imagePullSecrets", "the backend knows how it gets images", "log the machine in to the registry")
            .dropped(
                    "securityContext",
                    "a replica runs as the engine's user, or as its image says",
                    "run the engine as the user that the program needs")
            .dropped(
                    List.of("hostNetwork", "dnsPolicy", "dnsConfig", "hostname", "subdomain", "hostAliases"),
                    "the launcher tells each replica the addresses of the others",
                    "")
            .dropped(
                    List.of("hostIPC", "hostPID", "shareProcessNamespace", "hostUsers", "runtimeClassName", "os"),
                    "the backend decides how a replica is shut off",
                    "")
            .dropped(
                    List.of("enableServiceLinks", "setHostnameAsFQDN", "readinessGates", "overhead"),
                    "only pods have it",
                    "")
            .dropped("resourceClaims", "devices are asked for by number and model", "set `resources.gpus` of the role")
            .build();

    /** A pod template. */
    static final FieldTable<PodDraft> TEMPLATE = FieldTable.<PodDraft>named("pod template")
            .object("metadata", METADATA, pod -> pod)
            .object("spec", POD, pod -> pod)
            .build();

    /** The tables that make up a pod, for the reference. */
    static final List<FieldTable<?>> ALL = List.of(
            POD,
            METADATA,
            ContainerTable.TABLE,
            EnvironmentTable.TABLE,
            ResourceTable.TABLE,
            ContainerTable.PORT,
            VolumeDraft.TABLE,
            MountDraft.TABLE);

    private PodTable() {}

    private static void volumes(PodDraft pod, ForeignValue list) {
        list.items().forEach(item -> {
            VolumeDraft volume = new VolumeDraft(item);
            VolumeDraft.TABLE.read(item, volume);
            pod.volumes.put(volume.name, volume);
        });
    }

    private static void nodeSelector(PodDraft pod, ForeignValue selector) {
        for (Member label : selector.members()) {
            if (label.key().equals(GPU_LABEL)) {
                label.value().text().ifPresent(product -> {
                    String model = product.replaceFirst("^(NVIDIA|Tesla)-", "");
                    pod.gpuModel(model);
                    label.value().changed("becomes `resources.gpus.model: " + model + "`", "");
                });
            } else {
                label.value().dropped(NODES, "ask for a GPU model, or put the job into a queue that has such nodes");
            }
        }
    }
}
