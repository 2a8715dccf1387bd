package io.mlengine.backend.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.api.Health;
import io.mlengine.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OperatorTest {
    private final VirtualTime time = new VirtualTime();
    private final List<String> happened = new CopyOnWriteArrayList<>();
    private final FakeElection election = new FakeElection(happened);
    private final FakeEngines engines = new FakeEngines(happened);
    private final Operator operator = new Operator(election, engines, time, Runnable::run);

    @Test
    void standsByUntilItLeadsAndAgainAfterwards() {
        operator.start();
        time.advance(Duration.ofHours(1));
        assertThat(happened).isEmpty();
        assertThat(operator.health().status()).isEqualTo(Health.Status.UP);
        assertThat(operator.health().details()).containsEntry("role", "STAND_BY");

        election.win();
        assertThat(operator.health().details()).containsEntry("role", "LEADING").containsKey("leadsUntil");
        election.lose();
        assertThat(operator.health().details())
                .containsEntry("role", "STAND_BY")
                .doesNotContainKey("leadsUntil");
        election.win();

        assertThat(happened).containsExactly("started 1", "closed 1", "started 2");
    }

    @Test
    void aStartThatFailsIsRepeatedWithGrowingDelays() {
        operator.start();
        engines.fails = true;
        election.win();
        assertThat(operator.health().status()).isEqualTo(Health.Status.DEGRADED);
        assertThat(operator.health().details()).containsEntry("lastFailure", "no engine today");

        time.advance(Duration.ofMillis(3500));
        assertThat(happened).hasSize(3);
        time.advance(Duration.ofMinutes(10));
        assertThat(happened).hasSizeBetween(20, 25);
        engines.fails = false;
        time.advance(Duration.ofSeconds(32));

        assertThat(happened).endsWith("started 1");
        assertThat(operator.health().status()).isEqualTo(Health.Status.UP);
    }

    @Test
    void aTermThatEndedIsNotTriedAnyMore() {
        operator.start();
        engines.fails = true;
        election.win();
        election.lose();
        engines.fails = false;
        time.advance(Duration.ofMinutes(5));
        assertThat(happened).containsExactly("failed 1");

        election.win();
        time.advance(Duration.ofMinutes(5));

        assertThat(happened).containsExactly("failed 1", "started 2");
    }

    @Test
    void anEngineThatGivesUpIsReplacedAtOnce() {
        operator.start();
        election.win();
        time.advance(Duration.ofHours(1));
        engines.halt();
        time.advance(Duration.ZERO);

        assertThat(happened).containsExactly("started 1", "closed 1 while held", "started 1");
        assertThat(operator.health().details()).containsEntry("role", "LEADING");
        time.advance(Duration.ofHours(1));
        assertThat(happened).hasSize(3);
    }

    @Test
    void enginesThatGiveUpAgainAndAgainAreReplacedWithGrowingDelays() {
        operator.start();
        election.win();
        List<Duration> waited = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            waited.add(haltAndAwaitTheNext());
        }

        assertThat(waited).extracting(Duration::toSeconds).containsExactly(0L, 1L, 2L, 4L, 8L, 16L, 32L, 32L, 32L);
        time.advance(Duration.ofMinutes(1));
        assertThat(haltAndAwaitTheNext()).isZero();
    }

    private Duration haltAndAwaitTheNext() {
        long at = time.nanos();
        int before = happened.size();
        engines.halt();
        time.advance(Duration.ZERO);
        while (happened.size() < before + 2) {
            time.advance(Duration.ofSeconds(1));
        }
        return Duration.ofNanos(time.nanos() - at);
    }

    @Test
    void anEngineThatGivesUpBecauseTheLeaseHasRunOutIsNotReplaced() {
        operator.start();
        election.win();
        election.expire();
        engines.halt();
        time.advance(Duration.ofMinutes(1));
        assertThat(happened).containsExactly("started 1", "closed 1");

        election.lose();
        election.win();
        assertThat(happened).containsExactly("started 1", "closed 1", "started 2");
    }

    @Test
    void anEngineThatGivesUpWhileTheTermEndsIsNotReplaced() {
        operator.start();
        election.win();
        engines.halt();
        election.lose();
        time.advance(Duration.ofMinutes(5));

        assertThat(happened).containsExactly("started 1", "closed 1 while held");
    }

    @Test
    void closingEndsTheEngineWhileTheLeaseIsHeldAndThenGivesItUp() {
        operator.start();
        election.win();

        operator.close();

        assertThat(happened).containsExactly("started 1", "closed 1 while held", "lease given up");
        assertThat(operator.health().status()).isEqualTo(Health.Status.DOWN);
    }

    @Test
    void closingEndsTheRepetitions() {
        operator.start();
        engines.fails = true;
        election.win();
        operator.close();
        engines.fails = false;
        time.advance(Duration.ofMinutes(5));

        assertThat(happened).containsExactly("failed 1", "lease given up");
    }

    @Test
    void losingOrClosingWhileAnEngineStartsWaitsForItAndClosesIt() throws Exception {
        ExecutorService worker = Executors.newSingleThreadExecutor();
        ExecutorService others = Executors.newCachedThreadPool();
        try (Operator threaded = new Operator(election, engines, time, worker)) {
            CountDownLatch starting = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            engines.whileStarting = () -> {
                starting.countDown();
                CompletableFuture.runAsync(() -> await(goOn), others).join();
            };
            threaded.start();
            election.win();
            starting.await();

            CompletableFuture<Void> lost = CompletableFuture.runAsync(election::lose, others);
            assertThat(happened).isEmpty();
            goOn.countDown();
            lost.join();

            assertThat(happened).containsExactly("started 1", "closed 1");
        } finally {
            worker.shutdown();
            others.shutdown();
        }
        assertThat(happened).containsExactly("started 1", "closed 1", "lease given up");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void termsThatFollowEachOtherQuicklyNeverMeanTwoEngines() {
        ExecutorService worker = Executors.newSingleThreadExecutor();
        try (Operator threaded = new Operator(election, engines, time, worker)) {
            threaded.start();
            for (int i = 0; i < 200; i++) {
                election.win();
                election.lose();
            }
        } finally {
            worker.shutdown();
        }

        assertThat(happened).hasSize(401).endsWith("closed 200", "lease given up");
    }
}
