package io.mlengine.backend.k8s.delegate;

import io.fabric8.kubernetes.api.model.ContainerPortBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.mlengine.backend.k8s.pod.RoleTemplates;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.core.job.DelegateKind;
import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.Role;
import java.util.OptionalLong;

/**
 * The pods of a job that another controller makes: they name our scheduler, and are one gang, so that the job waits in its
 * queue and starts as a whole.
 */
final class DelegateTemplates {
    private DelegateTemplates() {}

    static PodTemplateSpec of(MLTrain train, DelegateKind kind, Role role) {
        KindWords words = KindWords.of(kind);
        PodTemplateSpecBuilder template = new PodTemplateSpecBuilder(RoleTemplates.of(
                train.shape(), role, words.container(), train.runPolicy().stopGrace()));
        template.editMetadata()
                .addToLabels(Labels.GANG, train.name())
                .addToLabels(Labels.QUEUE, train.queue())
                .addToAnnotations(Labels.GANG_SIZE, Integer.toString(gangSize(train)))
                .endMetadata()
                .editSpec()
                .withSchedulerName(Labels.MANAGER)
                .endSpec();
        if (!train.preemptible()) {
            template.editMetadata()
                    .addToAnnotations(Labels.PREEMPTIBLE, "false")
                    .endMetadata();
        }
        // Who may talk to the API server says so; the operator of MPI gives its launcher an account itself.
        if (role.pod().serviceAccount().isEmpty() && kind != DelegateKind.MPI_JOB) {
            template.editSpec().withAutomountServiceAccountToken(false).endSpec();
        }
        port(train, words)
                .ifPresent(port -> template.editSpec()
                        .editFirstContainer()
                        .addToPorts(new ContainerPortBuilder()
                                .withName(words.port())
                                .withContainerPort((int) port)
                                .withProtocol("TCP")
                                .build())
                        .endContainer()
                        .endSpec());
        return template.build();
    }

    private static OptionalLong port(MLTrain train, KindWords words) {
        // The rendezvous of an elastic job has a field of its own for its port.
        boolean isElastic = train.roles().stream().anyMatch(Role::isElastic);
        return words.port().isEmpty() || isElastic
                ? OptionalLong.empty()
                : train.frameworkOptions().integer(words.portOption());
    }

    /**
     * How many pods must have a place before any gets one. A launcher that comes after its workers is not among them: it
     * would wait for them, and they for it.
     */
    static int gangSize(MLTrain train) {
        return train.scheduling()
                .gangMinimum()
                .orElseGet(() -> train.roles().stream()
                        .filter(role -> role.startAfter().isEmpty())
                        .mapToInt(Role::least)
                        .sum());
    }
}
