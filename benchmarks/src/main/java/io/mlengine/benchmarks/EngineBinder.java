package io.mlengine.benchmarks;

import io.mlengine.backend.k8s.cluster.Leadership;
import io.mlengine.backend.k8s.operator.ClusterEngines;
import io.mlengine.backend.k8s.operator.RunningEngine;
import io.mlengine.backend.k8s.pod.PodConfig;
import io.mlengine.backend.k8s.resource.CrdManifests;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.core.time.SystemClock;
import java.util.Set;

/** The engine as the scheduler of a cluster. */
final class EngineBinder implements BindBenchmark.Binder {
    private final KubernetesServer server;

    EngineBinder(KubernetesServer server) {
        this.server = server;
        CrdManifests.all(false)
                .forEach(definition -> server.client()
                        .resource(definition)
                        .fieldManager("mlengine")
                        .forceConflicts()
                        .serverSideApply());
        Await.until("the engine's kinds are served", () -> {
            String served = server.client().raw("/apis/mlengine.io/v1");
            return served != null && served.contains("mltrains") && served.contains("mlusages");
        });
    }

    @Override
    public String name() {
        return "engine, gangs of 8";
    }

    @Override
    public String scheduler() {
        return "mlengine";
    }

    @Override
    public AutoCloseable start(String namespace) {
        SystemClock clock = new SystemClock();
        RunningEngine engine = new ClusterEngines(
                        server.client().getConfiguration(),
                        Set.of(namespace),
                        PodConfig.DEFAULT,
                        clock,
                        builder -> builder,
                        running -> () -> {})
                .start(1, Leadership.always(1));
        return () -> {
            engine.close();
            clock.close();
        };
    }
}
