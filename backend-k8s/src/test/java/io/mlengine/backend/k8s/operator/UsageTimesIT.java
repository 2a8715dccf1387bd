package io.mlengine.backend.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.mlengine.backend.k8s.resource.MLUsageResource;
import io.mlengine.backend.k8s.resource.MLUsageSpec;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.backend.k8s.testing.Figures;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.backend.k8s.testing.PodEnd;
import io.mlengine.backend.k8s.testing.PodScript;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That usage is the pods' own time, within a second, for each pod of each attempt. */
@Timeout(180)
class UsageTimesIT {
    /** Kubernetes tells whole seconds: a time that it tells is up to a second earlier than the true one. */
    private static final Duration RESOLUTION = Duration.ofSeconds(1);

    private static final Duration TOLERANCE = Duration.ofSeconds(1);
    private static final int TRIES = 3;

    private final JobsFixture jobs = new JobsFixture(KubernetesServer.shared(), UsageTimesIT::script);
    private final PodTimes pods = PodTimes.open(jobs.client, jobs.namespace);
    private final ConcurrentSkipListSet<Instant> creations = new ConcurrentSkipListSet<>();

    /** In the first attempt of a job that restarts one replica is killed; what is quick ends as soon as it runs. */
    private static PodScript script(Pod pod) {
        String name = pod.getMetadata().getName();
        if (name.startsWith("quick")) {
            return PodScript.exits(0);
        }
        if (!name.startsWith("again") || !name.endsWith("-a1")) {
            return PodScript.exits(0).after(Duration.ofMillis(1500));
        }
        return name.endsWith("worker-1-a1")
                ? PodScript.ends(PodEnd.signal(9)).after(Duration.ofMillis(1500))
                : PodScript.runsUntilDeleted();
    }

    @BeforeEach
    void start() {
        jobs.nodes.add(2, 8);
        jobs.startOperator(jobs.client.getConfiguration(), (verb, resource, status, took) -> {
            if (verb.equals("POST") && resource.equals("pods")) {
                creations.add(Instant.now());
            }
        });
        // On a busy machine the first job of an engine takes longer.
        jobs.apply(jobs.train("warm-up", 1));
        jobs.await("warm-up", "Succeeded");
    }

    @AfterEach
    void end() {
        pods.close();
        jobs.close();
    }

    private MLUsageSpec usage(String job, int attempt) {
        return Await.until(
                "usage of attempt " + attempt + " of " + job + " is written",
                () ->
                        jobs
                                .client
                                .resources(MLUsageResource.class)
                                .inNamespace(jobs.namespace)
                                .list()
                                .getItems()
                                .stream()
                                .map(object -> Objects.requireNonNull(object.getSpec()))
                                .filter(usage -> job.equals(usage.job())
                                        && Integer.valueOf(attempt).equals(usage.attempt()))
                                .findFirst());
    }

    private static Instant since(MLUsageSpec usage) {
        return Instant.parse(Objects.requireNonNull(usage.since()));
    }

    private static Instant until(MLUsageSpec usage) {
        return Instant.parse(Objects.requireNonNull(usage.until()));
    }

    /** Pods that were made later than is tolerated, for certain: the true time may be later still. */
    private static List<PodTimes.Life> late(MLUsageSpec usage, List<PodTimes.Life> lives) {
        Instant latest = since(usage).plus(TOLERANCE);
        return lives.stream().filter(pod -> pod.made().isAfter(latest)).toList();
    }

    private static void assertNoPodIsOutside(MLUsageSpec usage, List<PodTimes.Life> lives) {
        assertThat(lives)
                .as("places are held before their pods are made")
                .allSatisfy(pod -> assertThat(pod.made()).isAfter(since(usage).minus(RESOLUTION)));
        Instant end = lives.stream()
                .map(pod -> pod.ended().orElseThrow())
                .max(Comparator.naturalOrder())
                .orElseThrow();
        assertThat(until(usage))
                .isBetween(end.minus(TOLERANCE), end.plus(TOLERANCE))
                .isAfterOrEqualTo(since(usage));
    }

    /** When the creations of an attempt were answered, by the clock of the controller, which is more exact. */
    private String creations(MLUsageSpec usage, int count) {
        Instant since = since(usage);
        List<Long> millis = creations.tailSet(since).stream()
                .limit(count)
                .map(at -> Duration.between(since, at).toMillis())
                .toList();
        return "first " + millis.get(0) + " ms, last " + millis.get(millis.size() - 1) + " ms";
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 16})
    void itIsThatOfEachPodAlsoWhenTheGroupStartsAgain(int replicas, TestReporter reporter) {
        List<PodTimes.Life> late = List.of();
        for (int i = 1; i <= TRIES; i++) {
            late = run("again-" + i, replicas, reporter);
            if (late.isEmpty()) {
                return;
            }
        }
        assertThat(late)
                .as(
                        "each pod is made within %s of the grant; on a machine with much else to do not each time",
                        TOLERANCE)
                .isEmpty();
    }

    /** Runs a job through both of its attempts; returns its late pods. */
    private List<PodTimes.Life> run(String job, int replicas, TestReporter reporter) {
        jobs.apply(jobs.train(job, replicas));
        jobs.await(job, "Succeeded");

        List<PodTimes.Life> late = new ArrayList<>();
        for (int attempt = 1; attempt <= 2; attempt++) {
            MLUsageSpec usage = usage(job, attempt);
            List<PodTimes.Life> lives = pods.ofEnded(job, attempt, replicas);
            assertNoPodIsOutside(usage, lives);
            assertThat(usage.worth()).isEqualTo(attempt == 1 ? "Lost" : "Useful");
            Figures.note(
                    reporter,
                    "from the grant until " + replicas + " pods are made, attempt " + attempt,
                    creations(usage, replicas));
            late.addAll(late(usage, lives));
        }
        assertThat(since(usage(job, 2))).as("nothing is counted twice").isAfterOrEqualTo(until(usage(job, 1)));
        return late;
    }

    @Test
    void anAttemptThatEndsAtOnceIsMeteredToo() {
        List<String> names = List.of("quick-1", "quick-2", "quick-3", "quick-4", "quick-5");
        for (String name : names) {
            jobs.apply(jobs.train(name, 1));
            jobs.await(name, "Succeeded");
        }

        for (String name : names) {
            MLUsageSpec usage = usage(name, 1);
            List<PodTimes.Life> lives = pods.ofEnded(name, 1, 1);
            assertNoPodIsOutside(usage, lives);
            Instant end = Optional.of(lives.get(0).ended().orElseThrow())
                    .filter(told -> told.isAfter(since(usage)))
                    .orElse(since(usage));
            assertThat(until(usage)).isEqualTo(end);
        }
    }
}
