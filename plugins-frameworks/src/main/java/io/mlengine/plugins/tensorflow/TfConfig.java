package io.mlengine.plugins.tensorflow;

import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.ClusterView.Member;
import io.mlengine.spi.framework.Json;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Role;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The value of {@code TF_CONFIG}: who is in the cluster, and which of its tasks this process is. */
final class TfConfig {
    static final String VARIABLE = "TF_CONFIG";
    static final String PORT = "grpc";

    private TfConfig() {}

    /** Tells whether processes need to know of each other; alone, TensorFlow shall start no cluster. */
    static boolean isNeeded(JobShape job) {
        return TaskType.rolesOf(job).stream().mapToInt(Role::most).sum() > 1;
    }

    static String of(ClusterView view, TaskType type, Member self) {
        boolean isDynamic = TensorFlowOptions.of(view.job()).dynamicWorkers();
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("cluster", isDynamic ? sparse(view, type, self) : whole(view, type));
        config.put("task", task(type, self));
        if (!isDynamic) {
            // Kubeflow's key: with it TensorFlow 1's RunConfig trains in the cluster, without it on this machine alone.
            config.put("environment", "cloud");
        }
        return Json.write(config);
    }

    private static Map<String, Object> task(TaskType type, Member self) {
        Map<String, Object> task = new LinkedHashMap<>();
        task.put("type", type.label());
        task.put("index", self.key().index());
        return task;
    }

    /**
     * Everybody. An evaluator knows itself and the others, while the others do not know it: strategies count the tasks of
     * the cluster and would wait for it, and an evaluator that is no task of its own cluster is refused.
     */
    private static SortedMap<String, Object> whole(ClusterView view, TaskType self) {
        SortedMap<String, Object> cluster = new TreeMap<>();
        for (TaskType type : TaskType.values()) {
            if (type != TaskType.EVALUATOR || self == TaskType.EVALUATOR) {
                putAll(cluster, view, type);
            }
        }
        return cluster;
    }

    /**
     * What cannot change while the job runs: itself, the parameter servers, and for an evaluator the chief. Nobody is told
     * of the workers, or a worker that joins would make the others' configuration wrong.
     */
    private static SortedMap<String, Object> sparse(ClusterView view, TaskType type, Member self) {
        SortedMap<String, Object> cluster = new TreeMap<>();
        switch (type) {
            case PS -> {
                // A list names the tasks 0, 1, …, so a later server can be named by a map only.
                int index = self.key().index();
                cluster.put(type.label(), index == 0 ? List.of(address(self)) : Map.of(index, address(self)));
                cluster.put(TaskType.WORKER.label(), Map.of());
            }
            case WORKER -> {
                putAll(cluster, view, TaskType.PS);
                cluster.put(type.label(), Map.of(self.key().index(), address(self)));
            }
            case CHIEF, MASTER -> {
                putAll(cluster, view, TaskType.PS);
                putAll(cluster, view, type);
            }
            case EVALUATOR -> {
                for (TaskType fixed : List.of(TaskType.CHIEF, TaskType.MASTER, TaskType.PS, TaskType.EVALUATOR)) {
                    putAll(cluster, view, fixed);
                }
            }
        }
        return cluster;
    }

    private static void putAll(SortedMap<String, Object> cluster, ClusterView view, TaskType type) {
        List<String> addresses = view.members(type.label()).stream()
                .sorted(Comparator.comparing(Member::key))
                .map(TfConfig::address)
                .toList();
        if (!addresses.isEmpty()) {
            cluster.put(type.label(), addresses);
        }
    }

    private static String address(Member member) {
        return member.host() + ":" + member.port(PORT);
    }
}
