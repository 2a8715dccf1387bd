package io.mlengine.benchmarks;

import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.backend.k8s.testing.RequestCounts;
import io.mlengine.core.job.MLTrain;

/**
 * What a job costs the API server from its making to its end, by the server's own count, and the time from making a job
 * of 64 pods until all are bound.
 */
final class CostBenchmark implements Benchmarks.Benchmark {
    private static final int ROUNDS = Integer.getInteger("mlengine.benchmark.rounds", 10);
    private static final int GANG = 64;
    private static final int GPUS = 8;
    private static final int NODES = 16;

    @Override
    public void run() throws Exception {
        KubernetesServer server = KubernetesServer.shared();
        try (TrainField field = new TrainField(server, NODES, GPUS);
                MeasuredJvm operator = MeasuredJvm.start(OperatorWork.class, server.kubeconfig())) {
            operator.begin(field.namespace);
            Circumstances.of(field.client).forEach((what, value) -> Samples.line(what, value.toString()));
            for (int i = 0; i < ROUNDS / 2; i++) {
                run(field, "warm-up-" + i, GANG, new Samples("", ""));
            }
            measure(field, 1);
            measure(field, GANG);
            operator.end();
        }
    }

    private static void measure(TrainField field, int replicas) throws InterruptedException {
        Samples bound = new Samples("apply to all bound, pods: " + replicas, "ms");
        Samples requests = new Samples("requests of a job, pods: " + replicas, "");
        RequestCounts last = null;
        for (int i = 0; i < ROUNDS; i++) {
            last = run(field, "job-" + replicas + "-" + i, replicas, bound);
            requests.add(last.sum());
        }
        bound.print();
        requests.print();
        if (last != null) {
            last.counts().forEach((what, count) -> Samples.line("  " + what, Long.toString(count)));
        }
    }

    private static RequestCounts run(TrainField field, String name, int replicas, Samples bound)
            throws InterruptedException {
        RequestCounts before = RequestCounts.now(field.client);
        MLTrain.Builder train = field.train(name, replicas, 1);
        bound.add(field.secondsUntilBound(train, replicas) * 1000);
        field.awaitPhase(name, "Running");
        field.succeed(name);
        field.awaitPhase(name, "Succeeded");
        return RequestCounts.now(field.client).since(before).ofController();
    }
}
