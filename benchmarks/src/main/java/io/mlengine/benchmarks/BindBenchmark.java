package io.mlengine.benchmarks;

import io.mlengine.backend.k8s.testing.Definitions;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Pods bound a second on fake nodes with eight GPUs each: by the engine, most of them as gangs of eight; by the cluster's
 * own scheduler with its client limits lifted, one by one; and by nothing but posts of bindings. All on one API server, with
 * the same watch beside them, in rounds whose order rotates; before these, those that live on have one that does not
 * count.
 */
final class BindBenchmark implements Benchmarks.Benchmark {
    private static final String BARE = "bindings alone";
    private static final int ROUNDS = Integer.getInteger("mlengine.benchmark.rounds", 2);
    private static final int NODES = Integer.getInteger("mlengine.benchmark.nodes", 640);
    private static final int PODS = Integer.getInteger("mlengine.benchmark.pods", 5_000);
    private static final int WARM_UP = Integer.getInteger("mlengine.benchmark.warmup", 3_000);

    @Override
    public void run() throws Exception {
        if (PODS > NODES * BindField.GPUS) {
            throw new IllegalArgumentException(
                    PODS + " pods do not fit on " + NODES + " nodes with " + BindField.GPUS + " GPUs each");
        }
        KubernetesServer server = KubernetesServer.shared();
        Definitions.install(server.client());
        List<Binder> binders = new ArrayList<>();
        try (BindField field = new BindField(server, NODES)) {
            binders.add(new JvmBinder(BARE, "nobody", RawBinding.class, server.kubeconfig()));
            binders.add(new JvmBinder("engine", "mlengine", EngineBinding.class, server.kubeconfig()));
            binders.add(new ClusterSchedulerBinder(server));
            for (Binder binder : binders) {
                if (binder.isRunning()) {
                    field.measure(binder, 0, Math.min(WARM_UP, PODS));
                }
            }
            BindReport report = new BindReport(circumstances(server), BARE);
            for (int round = 1; round <= ROUNDS; round++) {
                for (Binder binder : binders) {
                    report.add(field.measure(binder, round, PODS));
                }
                Collections.rotate(binders, 1);
            }
            System.out.println(report.table());
            Path file = Path.of("benchmarks", "target", "bind-" + NODES + "x" + PODS + ".json");
            report.write(file);
            System.out.println("all rounds: " + file);
        } finally {
            binders.forEach(Binder::close);
        }
    }

    private static Map<String, Object> circumstances(KubernetesServer server) {
        Map<String, Object> all = Circumstances.of(server.client());
        all.put("nodes", NODES + " with " + BindField.GPUS + " GPUs each");
        all.put("pods", PODS + " with a GPU each, nine in ten in gangs of " + BindField.GPUS);
        return all;
    }
}
