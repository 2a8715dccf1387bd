package io.mlengine.backend.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.backend.k8s.testing.Figures;
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

    /** Writes of a status that are no news of replicas: its phases, why it waits, how it settled. */
    private static final int MOST_STEPS = 12;

    /** The requests for a job from its making to its end, but for the one that makes it, and how long that took. */
    private record Cost(RequestCounts requests, Duration took) {
        long statusWrites() {
            return requests.of("PATCH mltrains/status");
        }
    }

    private Cost run(String name, int replicas) {
        long startedAt = System.nanoTime();
        RequestCounts before = RequestCounts.now(jobs.client);
        jobs.apply(jobs.train(name, replicas));
        awaitQuietly(name, "Running");
        jobs.succeed(name);
        awaitQuietly(name, "Succeeded");
        RequestCounts requests = RequestCounts.now(jobs.client).since(before).ofController();
        return new Cost(requests, Duration.ofNanos(System.nanoTime() - startedAt));
    }

    /** By a watch, which is not counted; newer servers count one of a single object, and its list, as a read. */
    private void awaitQuietly(String name, String phase) {
        jobs.client
                .resources(MLTrainResource.class)
                .inNamespace(jobs.namespace)
                .informOnCondition(all -> all.stream()
                        .anyMatch(job -> job.getMetadata().getName().equals(name)
                                && job.getStatus() != null
                                && phase.equals(job.getStatus().phase())))
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
    }

    @Test
    void aPodCostsTwoRequestsAndItsNewsIsGathered(TestReporter reporter) {
        jobs.nodes.add(GANG / 8, 8);
        jobs.startOperator();
        run("warm-up", 1);
        AtomicLong boundAt = new AtomicLong();

        Cost one = run("one", 1);
        jobs.ledger.onChange(ledger -> {
            if (ledger.bound("gang") == GANG) {
                boundAt.compareAndSet(0, System.nanoTime());
            }
        });
        long appliedAt = System.nanoTime();
        Cost gang = run("gang", GANG);

        Figures.note(reporter, "requests for 1 replica", text(one));
        Figures.note(reporter, "requests for " + GANG + " replicas", text(gang));
        Figures.note(
                reporter,
                "from apply until " + GANG + " pods are bound",
                Duration.ofNanos(boundAt.get() - appliedAt).toMillis() + " ms");
        assertThat(gang.requests.of("POST pods")).isEqualTo(GANG);
        assertThat(gang.requests.of("POST pods/binding")).isEqualTo(GANG);
        assertThat(one.statusWrites()).isLessThan(MOST_STEPS);
        assertThat(one.requests.of("GET mltrains"))
                .as("writes need no reads: %s", text(one))
                .isZero();
        assertThat(gang.statusWrites())
                .as("news of %d replicas is gathered for a second, all of it within %s", GANG, gang.took)
                .isLessThan(MOST_STEPS + gang.took.toSeconds());
        assertThat(gang.requests.sum() - gang.requests.of("GET pods/log"))
                .as("all but output")
                .isLessThan(3L * GANG + gang.took.toSeconds());
        jobs.assertNoDoublePod();
    }

    private static String text(Cost cost) {
        return cost.requests.sum() + " in " + cost.took.toMillis() + " ms " + cost.requests.counts();
    }
}
