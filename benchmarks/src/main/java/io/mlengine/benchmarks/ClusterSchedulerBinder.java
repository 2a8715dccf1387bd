package io.mlengine.benchmarks;

import io.mlengine.backend.k8s.testing.ClusterScheduler;
import io.mlengine.backend.k8s.testing.KubernetesServer;

/** The cluster's own scheduler. */
final class ClusterSchedulerBinder implements BindBenchmark.Binder {
    private final KubernetesServer server;

    ClusterSchedulerBinder(KubernetesServer server) {
        this.server = server;
    }

    @Override
    public String name() {
        return "kube-scheduler, pod by pod";
    }

    @Override
    public String scheduler() {
        return ClusterScheduler.NAME;
    }

    @Override
    public AutoCloseable start(String namespace) {
        return ClusterScheduler.start(server);
    }
}
