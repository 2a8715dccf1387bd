package io.mlengine.benchmarks;

import io.mlengine.backend.k8s.testing.KubernetesServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Pods bound a second on fake nodes with eight GPUs each: by the engine, most of them as gangs of eight; by the cluster's
 * own scheduler with its client limits lifted, one by one; and by nothing but posts of bindings with a watch beside them.
 * All three in turns on one API server.
 */
final class BindBenchmark implements Benchmarks.Benchmark {
    private static final int ROUNDS = Integer.getInteger("mlengine.benchmark.rounds", 2);
    private static final int NODES = Integer.getInteger("mlengine.benchmark.nodes", 640);
    private static final int PODS = Integer.getInteger("mlengine.benchmark.pods", 5_000);

    @Override
    public void run() throws Exception {
        KubernetesServer server = KubernetesServer.shared();
        try (BindField field = new BindField(server, NODES)) {
            List<Samples> rates = new ArrayList<>();
            List<Binder> binders =
                    List.of(new RawBinder(field), new EngineBinder(server), new ClusterSchedulerBinder(server));
            binders.forEach(binder -> rates.add(new Samples(binder.name(), "pods/s")));
            System.out.printf(Locale.ROOT, "%d nodes x 8 GPUs, %d pods%n", NODES, PODS);
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = 0; i < binders.size(); i++) {
                    double rate = field.measure(binders.get(i), PODS);
                    System.out.printf(
                            Locale.ROOT,
                            "round %d: %s %.0f pods/s%n",
                            round + 1,
                            binders.get(i).name(),
                            rate);
                    rates.get(i).add(rate);
                }
            }
            rates.forEach(Samples::print);
        }
    }

    /** Who binds pods that wait. */
    interface Binder {
        /** For people. */
        String name();

        /** The scheduler that its pods name. */
        String scheduler();

        /** Begins to bind the pods of a namespace; closing ends it. */
        AutoCloseable start(String namespace) throws Exception;
    }
}
