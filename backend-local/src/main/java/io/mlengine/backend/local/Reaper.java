package io.mlengine.backend.local;

import io.mlengine.backend.local.process.ProcessTable;
import io.mlengine.spi.model.ExitStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes sure that nothing of an ended replica is alive before its end is told: kills what it has left behind, wherever
 * that has moved. One look at the process table serves all replicas that have ended meanwhile.
 */
final class Reaper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Reaper.class);
    private static final long AGAIN_MILLIS = 5;

    private record Ended(Replica replica, Optional<ExitStatus> status) {}

    private final LinkedBlockingQueue<Ended> queue = new LinkedBlockingQueue<>();
    private final Thread thread = new Thread(this::run, "mlengine-reaper");

    Reaper() {
        thread.setDaemon(true);
        thread.start();
    }

    /** The first process of a replica has ended; empty when nobody knows how. */
    void ended(Replica replica, Optional<ExitStatus> status) {
        queue.add(new Ended(replica, status));
    }

    private void run() {
        List<Ended> batch = new ArrayList<>();
        try {
            while (true) {
                batch.add(queue.take());
                queue.drainTo(batch);
                List<Ended> left = reap(batch);
                batch.clear();
                if (!left.isEmpty()) {
                    queue.addAll(left);
                    TimeUnit.MILLISECONDS.sleep(AGAIN_MILLIS);
                }
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<Ended> reap(List<Ended> batch) {
        List<ProcessTable.Family> families = new ArrayList<>();
        batch.forEach(ended -> ended.replica().family().ifPresent(families::add));
        Map<String, TreeSet<Long>> members = ProcessTable.members(families);
        List<Ended> left = new ArrayList<>();
        for (Ended ended : batch) {
            TreeSet<Long> alive = ended.replica()
                    .family()
                    .map(family -> members.getOrDefault(family.uid(), new TreeSet<>()))
                    .orElseGet(TreeSet::new);
            if (ended.replica().killLeftovers(alive)) {
                left.add(ended);
            } else {
                try {
                    ended.replica().finish(ended.status());
                } catch (RuntimeException e) {
                    LOG.error("cannot finish replica={}", ended.replica().id(), e);
                }
            }
        }
        return left;
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
