package io.mlengine.backend.k8s.testing;

import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PreconditionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A pod on a fake node that goes through its script. Used by the kubelet's thread alone. */
final class PlayedPod {
    private static final PatchContext STRATEGIC_MERGE = PatchContext.of(PatchType.STRATEGIC_MERGE);

    private final PodLife life;
    private final PodScript script;
    private final KubernetesClient client;
    private final RequestQueue.Clock clock;
    private final RequestQueue requests;
    private @Nullable PodEnd end;
    private boolean isStopping;

    PlayedPod(PodLife life, PodScript script, KubernetesClient client, RequestQueue.Clock clock) {
        this.life = life;
        this.script = script;
        this.client = client;
        this.clock = clock;
        requests = new RequestQueue(clock);
        end = script.end();
    }

    boolean isOn(String node) {
        return life.pod().getSpec().getNodeName().equals(node);
    }

    boolean isOf(String namespace, String name) {
        return life.pod().getMetadata().getNamespace().equals(namespace)
                && life.pod().getMetadata().getName().equals(name);
    }

    void begin() {
        if (life.stage() != PodLife.Stage.NEW) {
            endsByItself();
            return;
        }
        switch (script.start()) {
            case REFUSED -> say(life::refused);
            case HANGS -> say(life::creating);
            case IMAGE_PULL_FAILS -> {
                say(life::creating);
                say(() -> life.pullFails(true));
                say(() -> life.pullFails(false));
            }
            case INIT_FAILS -> {
                say(life::creating);
                say(life::initFails);
            }
            case RUNS -> {
                say(life::creating);
                say(() -> {
                    endsByItself();
                    return life.running();
                });
            }
        }
    }

    /** The API server's newest word on the pod. */
    void see(Pod pod) {
        life.update(pod);
        if (pod.getMetadata().getDeletionTimestamp() != null && !isStopping) {
            isStopping = true;
            stop(Duration.ofSeconds(pod.getMetadata().getDeletionGracePeriodSeconds()));
        }
    }

    /** The main container ends, now or as soon as it runs. */
    void end(PodEnd how) {
        end = how;
        if (life.stage() == PodLife.Stage.RUNNING) {
            endNow(how);
        }
    }

    /** Says again what is known, as a kubelet does that has come back. */
    void repeat() {
        sayIfRunning(life::unchanged);
    }

    private void endsByItself() {
        PodEnd how = end;
        if (how != null) {
            clock.later(script.after(), () -> endNow(how));
        }
    }

    private void endNow(PodEnd how) {
        sayIfRunning(() -> life.ended(how));
    }

    private void stop(Duration grace) {
        // What has not begun by now never will.
        requests.clear();
        PodEnd onTerm = script.onTerm();
        boolean mustBeKilled = onTerm == null && life.stage() == PodLife.Stage.RUNNING;
        clock.later(mustBeKilled ? grace : Duration.ZERO, () -> {
            PodEnd how = onTerm == null ? PodEnd.signal(PodEnd.KILL) : onTerm;
            if (life.hasRunningContainers()) {
                say(() -> life.stopped(how));
            }
            requests.add(() -> Optional.of(this::remove));
        });
    }

    private void say(Supplier<String> status) {
        requests.add(() -> Optional.of(patch(status.get())));
    }

    private void sayIfRunning(Supplier<String> status) {
        requests.add(() -> life.stage() == PodLife.Stage.RUNNING ? Optional.of(patch(status.get())) : Optional.empty());
    }

    private Runnable patch(String status) {
        return () -> life.update(
                client.pods().resource(life.pod()).subresource("status").patch(STRATEGIC_MERGE, status));
    }

    private void remove() {
        Pod pod = life.pod();
        client.raw(
                "/api/v1/namespaces/" + pod.getMetadata().getNamespace() + "/pods/"
                        + pod.getMetadata().getName(),
                "DELETE",
                new DeleteOptionsBuilder()
                        .withGracePeriodSeconds(0L)
                        .withPreconditions(new PreconditionsBuilder()
                                .withUid(pod.getMetadata().getUid())
                                .build())
                        .build());
    }
}
