package io.mlengine.core.convert;

import io.mlengine.core.convert.ForeignValue.Member;
import java.time.Duration;
import java.util.List;

/** The template of a role's pods. */
final class PodTable {
    private static final String NODES = "the scheduler chooses nodes by what a replica asks for";

    /** GPU Feature Discovery writes the model with dashes. */
    private static final String GPU_LABEL = "nvidia.com/gpu.product";

    /** What to know about selectors on one machine. */
    static final String LOCAL_NODE = "the local backend's node has no labels: remove it there";

    private static final FieldTable<PodDraft> PULL_SECRET = FieldTable.<PodDraft>named("image pull secret")
            .text("name", "`pod.imagePullSecrets` of the role", (pod, name) -> pod.options.addImagePullSecret(name))
            .build();

    private static final FieldTable<PodDraft> METADATA = FieldTable.<PodDraft>named("pod metadata")
            .value(
                    "labels",
                    "`pod.labels` of the role",
                    (pod, labels) -> EngineNames.eachOther(labels, pod.options::putLabel))
            .value(
                    "annotations",
                    "`pod.annotations` of the role",
                    (pod, annotations) -> EngineNames.eachOther(annotations, pod.options::putAnnotation))
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
                    "`nodes.selector` of the role; `resources.gpus.model` for `" + GPU_LABEL + "`",
                    PodTable::nodeSelector)
            .object("affinity", AffinityDraft.TABLE, pod -> pod)
            .value("tolerations", "`nodes.tolerations` of the role, see toleration", TolerationDraft::read)
            .whole(
                    "terminationGracePeriodSeconds",
                    "`runPolicy.stopGrace`",
                    0,
                    (pod, seconds) -> pod.stopGrace(Duration.ofSeconds(seconds)))
            .dropped("topologySpreadConstraints", NODES, "set `scheduling.topology` to stay together")
            .dropped(List.of("nodeName", "schedulerName", "schedulingGates"), NODES, "")
            .value("priorityClassName", "`pod.priorityClass` of the role", PodTable::priorityClass)
            .dropped(List.of("priority", "preemptionPolicy"), "importance belongs to the job", "set `priority`")
            .dropped("restartPolicy", "the role's own restart policy counts, as in Kubeflow", "")
            .dropped("activeDeadlineSeconds", "time is limited for the job", "set `runPolicy.activeDeadline`")
            .text(
                    "serviceAccountName",
                    "`pod.serviceAccount` of the role",
                    (pod, name) -> pod.options.serviceAccount(name))
            .text("serviceAccount", "the same by its old name", (pod, name) -> pod.options.serviceAccount(name))
            .dropped("automountServiceAccountToken", "the backend decides what is mounted", "")
            .value("imagePullSecrets", "`pod.imagePullSecrets` of the role", PodTable::pullSecrets)
            .object("securityContext", SecurityDraft.POD, pod -> pod.security)
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
            MountDraft.TABLE,
            AffinityDraft.TABLE,
            AffinityDraft.NODES,
            AffinityDraft.REQUIRED,
            AffinityDraft.TERM,
            AffinityDraft.REQUIREMENT,
            TolerationDraft.TABLE,
            SecurityDraft.POD,
            SecurityDraft.CONTAINER);

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
                label.value().text().ifPresent(value -> {
                    pod.nodes.selector(label.key(), value);
                    label.value().check("becomes `nodes.selector`", LOCAL_NODE);
                });
            }
        }
    }

    private static void priorityClass(PodDraft pod, ForeignValue value) {
        value.text().ifPresent(name -> {
            pod.options.priorityClass(name);
            value.check("becomes `pod.priorityClass`, which says nothing about the order of jobs", "set `priority`");
        });
    }

    private static void pullSecrets(PodDraft pod, ForeignValue list) {
        list.items().forEach(item -> PULL_SECRET.read(item, pod));
    }
}
