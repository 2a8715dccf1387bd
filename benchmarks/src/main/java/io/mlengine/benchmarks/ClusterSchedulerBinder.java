package io.mlengine.benchmarks;

import io.mlengine.backend.k8s.testing.ClusterScheduler;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The cluster's own scheduler as it comes, but for the limits of its client, which are lifted. */
final class ClusterSchedulerBinder implements Binder {
    private static final Set<String> PROGRAM = Set.of("kube-scheduler");

    private final KubernetesServer server;
    private @Nullable ClusterScheduler running;

    ClusterSchedulerBinder(KubernetesServer server) {
        this.server = server;
    }

    @Override
    public String name() {
        return "kube-scheduler";
    }

    @Override
    public String scheduler() {
        return ClusterScheduler.NAME;
    }

    @Override
    public void begin(String namespace) {
        running = ClusterScheduler.start(server);
    }

    @Override
    public boolean isRunning() {
        return running != null;
    }

    @Override
    public ProcessHandle process() {
        List<ProcessHandle> found = Processes.ours(PROGRAM);
        if (found.size() != 1) {
            throw new IllegalStateException("expected one kube-scheduler of ours, there are " + found);
        }
        return found.get(0);
    }

    @Override
    public void end() {
        close();
    }

    @Override
    public void close() {
        if (running != null) {
            running.close();
            running = null;
        }
    }
}
