package io.mlengine.plugins.mpi;

import io.mlengine.plugins.shell.RemoteShell;
import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.ClusterView.Member;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The names under which mpirun knows the replicas, in the order of the host file. On one machine all replicas have one
 * address, and mpirun would start every rank itself, in the launcher. There each worker is a loopback address of its own,
 * which no resolver must know: ranks then start in the workers, as they do on several machines.
 */
final class Hosts {
    static final String LAUNCHER = "launcher";
    static final String WORKER = "worker";

    private static final int FIRST_ALIAS = 2;

    private final Map<String, Member> names = new LinkedHashMap<>();
    private final boolean onOneMachine;

    private Hosts(ClusterView view) {
        List<Member> workers = view.members(WORKER).stream()
                .sorted(Comparator.comparing(Member::key))
                .toList();
        onOneMachine = workers.stream().anyMatch(worker -> RemoteShell.isOwnMachine(worker.host()));
        if (MpiOptions.of(view.job()).runsLauncherAsWorker()) {
            view.members(LAUNCHER).forEach(launcher -> names.put(launcher.host(), launcher));
        }
        workers.forEach(worker -> names.put(nameOf(worker), worker));
    }

    static Hosts of(ClusterView view) {
        return new Hosts(view);
    }

    boolean areOnOneMachine() {
        return onOneMachine;
    }

    /** All of 127.0.0.0/8 is this machine; the first address is the launcher's. */
    String nameOf(Member worker) {
        int number = worker.key().index() + FIRST_ALIAS;
        return onOneMachine
                ? "127." + (number >> 16) + "." + (number >> 8 & 255) + "." + (number & 255)
                : worker.host();
    }

    /** Who runs ranks, by name. */
    Map<String, Member> names() {
        return names;
    }

    /** Who is reached through the remote shell, by name. */
    SortedMap<String, Member> workers() {
        SortedMap<String, Member> workers = new TreeMap<>(names);
        workers.values().removeIf(member -> !member.key().role().equals(WORKER));
        return workers;
    }
}
