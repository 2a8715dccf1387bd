package io.mlengine.core.admission;

import static io.mlengine.core.admission.FieldPath.item;
import static io.mlengine.core.admission.FieldPath.key;

import io.mlengine.spi.model.PodOptions;
import java.util.Set;

/** What a role's pods carry: names, sizes, users, and nothing that the engine sets itself. */
final class PodRules {
    private static final String DOMAIN = "mlengine.io";
    private static final String MANAGED_BY = "app.kubernetes.io/managed-by";

    private PodRules() {}

    static void check(String path, PodOptions pod, Findings findings) {
        NameRules.labels(key(path, "labels"), pod.labels(), findings);
        reserved(key(path, "labels"), pod.labels().keySet(), findings);
        pod.annotations()
                .keySet()
                .forEach(name -> NameRules.qualified(key(key(path, "annotations"), name), name, findings));
        reserved(key(path, "annotations"), pod.annotations().keySet(), findings);
        pod.serviceAccount().ifPresent(name -> NameRules.object(key(path, "serviceAccount"), name, findings));
        for (int i = 0; i < pod.imagePullSecrets().size(); i++) {
            String at = item(key(path, "imagePullSecrets"), i);
            NameRules.object(at, pod.imagePullSecrets().get(i), findings);
        }
        pod.sharedMemoryBytes().ifPresent(bytes -> findings.range(key(path, "sharedMemory"), bytes, 0, Long.MAX_VALUE));
        pod.runAsUser().ifPresent(id -> findings.range(key(path, "runAsUser"), id, 0, Limits.MOST_ID));
        pod.runAsGroup().ifPresent(id -> findings.range(key(path, "runAsGroup"), id, 0, Limits.MOST_ID));
        pod.fsGroup().ifPresent(id -> findings.range(key(path, "fsGroup"), id, 0, Limits.MOST_ID));
        if (pod.runAsNonRoot().orElse(false) && pod.runAsUser().orElse(1) == 0) {
            String advice = "user 0 is root; choose another, or leave `runAsNonRoot` out";
            findings.add(ViolationCode.CONTRADICTION, key(path, "runAsUser"), "0", advice);
        }
        pod.priorityClass().ifPresent(name -> NameRules.object(key(path, "priorityClass"), name, findings));
    }

    private static void reserved(String path, Set<String> names, Findings findings) {
        for (String name : names) {
            String domain = name.substring(0, Math.max(0, name.indexOf('/')));
            if (domain.equals(DOMAIN) || domain.endsWith("." + DOMAIN) || name.equals(MANAGED_BY)) {
                String advice = "the engine sets `" + name + "`; remove it";
                findings.add(ViolationCode.RESERVED_LABEL, key(path, name), name, advice);
            }
        }
    }
}
