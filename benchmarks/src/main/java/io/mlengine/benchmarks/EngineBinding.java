package io.mlengine.benchmarks;

import io.fabric8.kubernetes.client.Config;
import io.mlengine.backend.k8s.cluster.Leadership;
import io.mlengine.backend.k8s.operator.ClusterEngines;
import io.mlengine.backend.k8s.pod.PodConfig;
import io.mlengine.core.time.SystemClock;
import java.nio.file.Path;
import java.util.Set;

/** The controller's engine as the scheduler of a cluster, without an election, which would only add a wait. */
final class EngineBinding {
    private EngineBinding() {}

    public static void main(String[] arguments) {
        Config config = Config.fromKubeconfig(Path.of(arguments[0]).toFile());
        SystemClock clock = new SystemClock();
        MeasuredJvm.serve(namespace -> new ClusterEngines(
                        config, Set.of(namespace), PodConfig.DEFAULT, clock, builder -> builder, running -> () -> {})
                .start(1, Leadership.always(1))::close);
    }
}
