package io.mlengine.backend.k8s.cluster;

import io.mlengine.core.output.ProgressText;
import io.mlengine.spi.backend.BackendEvent;
import io.mlengine.spi.backend.LogCursor;
import io.mlengine.spi.backend.LogLine;
import io.mlengine.spi.backend.Progress;
import io.mlengine.spi.framework.LogRule;
import io.mlengine.spi.model.ReplicaId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the progress of jobs from the output of one replica each, while there are not too many jobs. {@link #look} is
 * called once a second by one thread, so that each replica's progress is told at most that often.
 */
final class ProgressFollower {
    private static final Logger LOG = LoggerFactory.getLogger(ProgressFollower.class);
    private static final int LINES_BEFORE = 100;

    private final Attempts attempts;
    private final Replicas replicas;
    private final PodOutput output;
    private final Executor readers;
    private final int mostJobs;
    private final Consumer<BackendEvent> sink;
    private final Map<ReplicaId, Followed> followed = new TreeMap<>();

    /** One replica whose output is being read. */
    private static final class Followed {
        private final LogDemand demand = new LogDemand();
        private final AtomicReference<@Nullable Progress> news = new AtomicReference<>();
        private volatile boolean isOver;
    }

    ProgressFollower(
            Attempts attempts,
            Replicas replicas,
            PodOutput output,
            Executor readers,
            int mostJobs,
            Consumer<BackendEvent> sink) {
        this.attempts = attempts;
        this.replicas = replicas;
        this.output = output;
        this.readers = readers;
        this.mostJobs = mostJobs;
        this.sink = sink;
    }

    /** Begins with replicas that run, and tells what was read since the last look. */
    void look() {
        attempts.leads()
                .forEach((attempt, lead) -> replicas.running(attempt, lead)
                        .filter(replica -> followed.size() < mostJobs && !followed.containsKey(replica))
                        .ifPresent(this::follow));
        followed.entrySet().removeIf(entry -> {
            boolean isOver = entry.getValue().isOver;
            Progress progress = entry.getValue().news.getAndSet(null);
            if (progress != null) {
                sink.accept(new BackendEvent.ProgressReported(entry.getKey(), progress));
            }
            return isOver;
        });
    }

    private void follow(ReplicaId replica) {
        Followed one = new Followed();
        one.demand.request(Long.MAX_VALUE);
        LogReading reading =
                new LogReading(output, replicas::place, replica, LogCursor.tail(LINES_BEFORE), true, one.demand);
        List<LogRule> rules = attempts.rules(replica);
        try {
            readers.execute(() -> read(reading, one, rules));
            followed.put(replica, one);
        } catch (RejectedExecutionException tooMany) {
            LOG.debug("the progress of replica={} is not read", replica);
        }
    }

    private static void read(LogReading reading, Followed one, List<LogRule> rules) {
        try {
            reading.deliver(line -> note(line, one, rules));
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.debug("the progress of a replica cannot be read any more cause={}", e.toString());
        } finally {
            one.isOver = true;
        }
    }

    private static void note(LogLine line, Followed one, List<LogRule> rules) {
        String text = line.text();
        if (text.startsWith(ProgressText.PREFIX)) {
            ProgressText.ofJson(text.substring(ProgressText.PREFIX.length())).ifPresent(one.news::set);
            return;
        }
        String first = LogLines.forRules(text);
        for (LogRule rule : rules) {
            Matcher match = rule.pattern().matcher(first);
            if (match.find()) {
                if (rule.failure().isEmpty()) {
                    ProgressText.ofRule(rule, match).ifPresent(one.news::set);
                }
                return;
            }
        }
    }
}
