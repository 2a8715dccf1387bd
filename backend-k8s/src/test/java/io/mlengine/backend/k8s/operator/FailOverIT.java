package io.mlengine.backend.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.mlengine.backend.k8s.resource.MLTrainStatus;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.backend.k8s.testing.Figures;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.backend.k8s.testing.PodScript;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;

/**
 * The leader of two controllers is killed in the middle of the start of a large gang, again and again, and the other one
 * goes on. {@code -Dmlengine.failovers=100} does so a hundred times, {@code -Dmlengine.seed=7} at other moments.
 */
@Timeout(3600)
class FailOverIT {
    private static final int REPLICAS = 32;
    private static final int ROUNDS = Integer.getInteger("mlengine.failovers", 2);
    private static final long SEED = Long.getLong("mlengine.seed", 1);
    private static final String BYSTANDER = "bystander";

    private final JobsFixture jobs = new JobsFixture(KubernetesServer.shared(), pod -> PodScript.runsUntilDeleted());
    private final List<OperatorJvm> operators = new ArrayList<>();
    private final Random random = new Random(SEED);

    /** How a fail-over went. */
    private record Round(Kill kill, long podsAtKill, long boundAtKill, long ledAfter, long ranAfter, int attempt) {
        boolean isInTheMiddle() {
            return podsAtKill < REPLICAS || boundAtKill < REPLICAS;
        }

        @Override
        public String toString() {
            return "killed at " + podsAtKill + " pods, " + boundAtKill + " bound: led after " + ledAfter
                    + " ms, all made after " + kill.millisTo(kill.madeAt.get()) + ", bound after "
                    + kill.millisTo(kill.boundAt.get()) + ", ran after " + ranAfter + " ms, attempt " + attempt;
        }
    }

    /** When the leader was killed and when the rest of its work was done, by {@link System#nanoTime}. */
    private static final class Kill {
        private final AtomicLong at = new AtomicLong();
        private final AtomicLong madeAt = new AtomicLong();
        private final AtomicLong boundAt = new AtomicLong();

        long millisTo(long nanos) {
            return Duration.ofNanos(nanos - at.get()).toMillis();
        }
    }

    @BeforeEach
    void start() {
        jobs.nodes.add(5, 8);
        operators.add(OperatorJvm.start(jobs.server.kubeconfig(), jobs.namespace));
        operators.add(OperatorJvm.start(jobs.server.kubeconfig(), jobs.namespace));
    }

    @AfterEach
    void end() {
        operators.forEach(OperatorJvm::close);
        jobs.close();
    }

    @Test
    void aLeaderThatDiesInTheMiddleOfAStartLosesNoJobAndDoublesNoPod(TestReporter reporter) {
        jobs.apply(jobs.train(BYSTANDER, 2));
        jobs.await(BYSTANDER, "Running");
        List<String> bystanders = uids(BYSTANDER);
        List<Round> rounds = new ArrayList<>();
        // A kill that came after everything was bound does not count.
        for (int i = 1; rounds.size() < ROUNDS && i <= 3 * ROUNDS; i++) {
            Round round = round("gang-" + i);
            if (round.isInTheMiddle()) {
                rounds.add(round);
                Figures.note(reporter, "fail-over " + rounds.size(), round.toString());
            }
        }

        assertThat(rounds).as("kills in the middle of a start").hasSize(ROUNDS);
        assertThat(uids(BYSTANDER)).isEqualTo(bystanders);
        assertThat(jobs.await(BYSTANDER, "Running").attempt()).isEqualTo(1);
        Figures.note(reporter, "until the other leads", figures(rounds, Round::ledAfter));
        Figures.note(reporter, "until all run", figures(rounds, Round::ranAfter));
    }

    private Round round(String job) {
        OperatorJvm leader = Await.until(
                "one leads, one stands by",
                () -> operators.stream().allMatch(OperatorJvm::isUp)
                        ? operators.stream()
                                .filter(one -> one.leadsSince() != null)
                                .findFirst()
                        : Optional.empty());
        OperatorJvm other = operators.get(1 - operators.indexOf(leader));
        Kill kill = killWhen(leader, job);

        jobs.apply(jobs.train(job, REPLICAS));
        Await.until("the leader is killed", () -> kill.at.get() != 0);
        long pods = jobs.ledger.alive(job);
        long bound = jobs.ledger.bound(job);
        long led = Await.until("the other leads", () -> Optional.ofNullable(other.leadsSince()));
        MLTrainStatus status = jobs.await(job, "Running");
        long ran = System.nanoTime();

        assertThat(jobs.ledger.alive(job)).isEqualTo(REPLICAS);
        assertThat(status.readyReplicas()).isEqualTo(REPLICAS);
        jobs.assertNoDoublePod();

        leader.close();
        operators.set(operators.indexOf(leader), OperatorJvm.start(jobs.server.kubeconfig(), jobs.namespace));
        jobs.remove(job);
        return new Round(kill, pods, bound, kill.millisTo(led), kill.millisTo(ran), attemptOf(status));
    }

    private static int attemptOf(MLTrainStatus status) {
        return Optional.ofNullable(status.attempt()).orElse(0);
    }

    /** Lets the leader be killed as soon as some number of the job's pods is there, or has nodes. */
    private Kill killWhen(OperatorJvm leader, String job) {
        boolean countsBound = random.nextBoolean();
        int enough = 1 + random.nextInt(REPLICAS - 2);
        Kill kill = new Kill();
        jobs.ledger.onChange(ledger -> {
            long alive = ledger.alive(job);
            long bound = ledger.bound(job);
            if (kill.at.get() == 0 && (countsBound ? bound : alive) >= enough) {
                leader.kill();
                kill.at.set(System.nanoTime());
            }
            if (alive == REPLICAS) {
                kill.madeAt.compareAndSet(0, System.nanoTime());
            }
            if (bound == REPLICAS) {
                kill.boundAt.compareAndSet(0, System.nanoTime());
            }
        });
        return kill;
    }

    private List<String> uids(String job) {
        return jobs.pods(job).stream()
                .map(Pod::getMetadata)
                .map(metadata -> metadata.getName() + " " + metadata.getUid())
                .toList();
    }

    private static String figures(List<Round> rounds, ToLongFunction<Round> figure) {
        long[] sorted = rounds.stream().mapToLong(figure).sorted().toArray();
        return sorted.length + " times, least " + sorted[0] + " ms, median " + sorted[sorted.length / 2] + " ms, most "
                + sorted[sorted.length - 1] + " ms";
    }
}
