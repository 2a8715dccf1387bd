package io.mlengine.backend.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.backend.k8s.testing.PodScript;
import io.mlengine.backend.k8s.testing.RequestCounts;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;

/** What a job costs the API server, by its own count, and how long a large gang takes to its nodes. */
@Timeout(180)
class ApiCostIT {
    private static final int GANG = 64;

    private final JobsFixture jobs = new JobsFixture(KubernetesServer.shared(), pod -> PodScript.runsUntilDeleted());

    @AfterEach
    void end() {
        jobs.close();
    }

    /** The requests for a job from its making to its end, but for the one that makes it. */
    private RequestCounts run(String name, int replicas) {
        RequestCounts before = RequestCounts.now(jobs.client);
        jobs.apply(jobs.train(name, replicas));
        awaitQuietly(name, "Running");
        jobs.succeed(name);
        awaitQuietly(name, "Succeeded");
        return RequestCounts.now(jobs.client).since(before).ofController();
    }

    /** By a watch, which is not counted. */
    private void awaitQuietly(String name, String phase) {
        jobs.object(name)
                .waitUntilCondition(
                        job -> job != null
                                && job.getStatus() != null
                                && phase.equals(job.getStatus().phase()),
                        60,
                        TimeUnit.SECONDS);
    }

    @Test
    void aPodCostsTwoRequestsAndItsNewsIsGathered(TestReporter reporter) {
        jobs.nodes.add(GANG / 8, 8);
        jobs.startOperator();
        run("warm-up", 1);
        AtomicLong boundAt = new AtomicLong();

        RequestCounts one = run("one", 1);
        jobs.ledger.onChange(ledger -> {
            if (ledger.bound("gang") == GANG) {
                boundAt.compareAndSet(0, System.nanoTime());
            }
        });
        long appliedAt = System.nanoTime();
        RequestCounts gang = run("gang", GANG);

        reporter.publishEntry("requests for 1 replica", one.sum() + " " + one.counts());
        reporter.publishEntry("requests for " + GANG + " replicas", gang.sum() + " " + gang.counts());
        reporter.publishEntry(
                "from apply until " + GANG + " pods are bound",
                Duration.ofNanos(boundAt.get() - appliedAt).toMillis() + " ms");
        assertThat(gang.of("POST pods")).isEqualTo(GANG);
        assertThat(gang.of("POST pods/binding")).isEqualTo(GANG);
        assertThat(one.of("PATCH mltrains/status")).isLessThan(15);
        assertThat(gang.of("PATCH mltrains/status"))
                .as("each replica goes through four states, and news is gathered while a write is under way")
                .isLessThan(2 * GANG);
        assertThat(gang.sum() - gang.of("GET pods/log")).as("all but output").isLessThan(4 * GANG);
        jobs.assertNoDoublePod();
    }
}
