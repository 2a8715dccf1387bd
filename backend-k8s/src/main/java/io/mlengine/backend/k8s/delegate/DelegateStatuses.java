package io.mlengine.backend.k8s.delegate;

import io.mlengine.backend.k8s.resource.MLTrainCondition;
import io.mlengine.backend.k8s.resource.MLTrainDelegate;
import io.mlengine.backend.k8s.resource.MLTrainRoleStatus;
import io.mlengine.backend.k8s.resource.MLTrainScale;
import io.mlengine.backend.k8s.resource.MLTrainStatus;
import io.mlengine.backend.k8s.resource.MLTrainWish;
import io.mlengine.backend.k8s.resource.Words;
import io.mlengine.core.job.Condition;
import io.mlengine.core.job.Delegate;
import io.mlengine.core.job.Phase;
import io.mlengine.spi.model.Role;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes the status of a job that another controller runs, in the form that all jobs have. Pure. */
final class DelegateStatuses {
    /** Labels by which the training operator marks its pods. */
    private static final String JOB_LABEL = "training.kubeflow.org/job-name";

    private static final String ROLE_LABEL = "training.kubeflow.org/replica-type";

    private DelegateStatuses() {}

    static MLTrainStatus of(DelegateView view, Told told, Instant now) {
        List<MLTrainRoleStatus> roles =
                view.train().roles().stream().map(role -> role(view, role)).toList();
        int replicas = roles.stream().mapToInt(MLTrainRoleStatus::replicas).sum();
        int ready = roles.stream().mapToInt(MLTrainRoleStatus::ready).sum();
        Delegate delegate = view.train().delegate().orElseThrow();
        return MLTrainStatus.builder()
                .observedGeneration(view.generation())
                .phase(Words.of(told.phase()))
                .reason(said(told.reason()))
                .message(said(told.message()))
                .attempt(told.attempt())
                .conditions(conditions(view, told, now))
                .roles(roles)
                .replicas(replicas)
                .readyReplicas(ready)
                .ready(ready + "/" + replicas)
                .scale(scale(view))
                .gpus(view.train().roles().stream()
                        .mapToLong(role -> (long) role.resources().gpuCount() * role.replicas())
                        .sum())
                .queue(view.train().queue())
                .startedAt(told.startedAt())
                .finishedAt(told.finishedAt())
                .delegate(MLTrainDelegate.builder()
                        .apiVersion(delegate.apiVersion())
                        .kind(delegate.kind().word())
                        .name(view.train().name())
                        .uid(told.uid())
                        .madeAgain(told.madeAgain())
                        .build())
                .recordVersion(view.status().recordVersion())
                .build();
    }

    private static @Nullable String said(String text) {
        return text.isEmpty() ? null : text;
    }

    /** Readiness is not told; a replica that runs counts as ready. */
    private static MLTrainRoleStatus role(DelegateView view, Role role) {
        KubeflowJob.Counts counts =
                view.object().map(object -> object.counts(role.name())).orElse(KubeflowJob.Counts.NONE);
        MLTrainRoleStatus before = view.status().roles().stream()
                .filter(known -> role.name().equals(known.name()))
                .findFirst()
                .orElse(MLTrainRoleStatus.builder().build());
        boolean isSeen = view.object().isPresent();
        return MLTrainRoleStatus.builder()
                .name(role.name())
                .replicas(role.replicas())
                .running(counts.active())
                .ready(counts.active())
                // How it ended is still worth knowing when the object is gone.
                .succeeded(isSeen ? (Integer) counts.succeeded() : Objects.requireNonNullElse(before.succeeded(), 0))
                .failed(isSeen ? (Integer) counts.failed() : Objects.requireNonNullElse(before.failed(), 0))
                .build();
    }

    private static @Nullable MLTrainScale scale(DelegateView view) {
        return MLTrainWish.elasticRole(view.train())
                .map(role -> MLTrainScale.builder()
                        .replicas(view.object()
                                .map(object -> object.counts(role.name()).active())
                                .orElse(0))
                        .selector(JOB_LABEL + "=" + view.train().name() + "," + ROLE_LABEL + "=" + role.name())
                        .build())
                .orElse(null);
    }

    private static List<MLTrainCondition> conditions(DelegateView view, Told told, Instant now) {
        return Arrays.stream(Condition.Type.values())
                .map(type -> condition(view, told, type, now))
                .toList();
    }

    private static MLTrainCondition condition(DelegateView view, Told told, Condition.Type type, Instant now) {
        Optional<MLTrainCondition> before = view.status().conditions().stream()
                .filter(known -> type.text().equals(known.type()))
                .findFirst();
        boolean held = before.map(MLTrainCondition::status).equals(Optional.of("True"));
        boolean holds = holds(type, told.phase(), held);
        if (before.isPresent() && holds == held) {
            return MLTrainCondition.builder()
                    .from(before.get())
                    .observedGeneration(view.generation())
                    .build();
        }
        return MLTrainCondition.builder()
                .type(type.text())
                .status(holds ? "True" : "False")
                .observedGeneration(view.generation())
                .lastTransitionTime(Words.of(now))
                .reason(told.reason().isEmpty() ? type.text() : told.reason())
                .message(said(told.message()))
                .build();
    }

    private static boolean holds(Condition.Type type, Phase phase, boolean held) {
        return switch (type) {
            case CREATED -> true;
            case QUEUED -> phase == Phase.QUEUED;
            case RUNNING -> phase == Phase.RUNNING;
            case RESTARTING -> phase == Phase.RESTARTING;
            case SUSPENDED -> phase == Phase.SUSPENDED;
            // What is being removed has ended as it has, if it had.
            case SUCCEEDED -> phase == Phase.SUCCEEDED || (phase == Phase.DELETING && held);
            case FAILED -> phase == Phase.FAILED || phase == Phase.CANCELLED || (phase == Phase.DELETING && held);
        };
    }
}
