package io.mlengine.backend.k8s.pod;

import io.fabric8.kubernetes.api.model.Pod;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.spi.model.JobId;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;

/**
 * Which gang a pod of others belongs to.
 *
 * @param namespace the namespace
 * @param name the gang's name there, or the pod's when it is alone
 * @param uid the pod's uid when it is alone, else empty
 */
public record GangName(String namespace, String name, String uid) implements Comparable<GangName> {
    private static final Comparator<GangName> ORDER = Comparator.comparing(GangName::namespace)
            .thenComparing(GangName::name)
            .thenComparing(GangName::uid);
    private static final String PREFIX = "gang-";
    private static final int DIGITS = 24;

    /**
     * Reads the gang of a pod.
     *
     * @param pod a pod of others
     * @return the gang that its label names, else one of its own
     */
    public static GangName of(Pod pod) {
        String namespace = pod.getMetadata().getNamespace();
        String gang = Optional.ofNullable(pod.getMetadata().getLabels())
                .orElse(Map.of())
                .getOrDefault(Labels.GANG, "");
        return gang.isEmpty()
                ? new GangName(
                        namespace,
                        pod.getMetadata().getName(),
                        pod.getMetadata().getUid())
                : new GangName(namespace, gang, "");
    }

    /**
     * Tells whether it is one pod without the label of a gang.
     *
     * @return true for such a pod
     */
    public boolean isAlone() {
        return !uid.isEmpty();
    }

    /**
     * Its id for the engine, the same in every process.
     *
     * @return the id
     */
    public JobId id() {
        return JobId.of(PREFIX + Digests.of(namespace + "/" + name + "/" + uid, DIGITS));
    }

    @Override
    public int compareTo(GangName other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
