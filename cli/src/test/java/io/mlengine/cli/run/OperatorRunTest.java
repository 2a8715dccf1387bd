package io.mlengine.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.backend.k8s.operator.OperatorRuntime;
import io.mlengine.cli.output.ExitCode;
import io.mlengine.core.api.Health;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OperatorRunTest {
    private static final Duration LONG = Duration.ofSeconds(50);

    private final List<String> remarks = new CopyOnWriteArrayList<>();
    private final Map<String, Runnable> actions = new ConcurrentHashMap<>();
    private final SignalSource signals = new SignalSource() {
        @Override
        public void on(String signal, Runnable action) {
            actions.put(signal, action);
        }

        @Override
        public void close() {
            actions.clear();
        }
    };

    /** A controller that gets signals as soon as it has started. */
    private OperatorRuntime runtime(Runnable close, String... sent) {
        return new OperatorRuntime() {
            @Override
            public void start() {
                List.of(sent)
                        .forEach(signal ->
                                Objects.requireNonNull(actions.get(signal)).run());
            }

            @Override
            public Health health() {
                return new Health(Health.Status.UP, new TreeMap<>());
            }

            @Override
            public void close() {
                close.run();
            }
        };
    }

    private ExitCode run(OperatorRuntime runtime, Duration endWithin) {
        return new OperatorRun(runtime, signals, remarks::add, endWithin).run();
    }

    @Test
    void terminationEndsItInOrder() {
        assertThat(run(runtime(() -> remarks.add("closed"), "TERM"), LONG)).isEqualTo(ExitCode.OK);
        assertThat(remarks).containsExactly("ending after SIGTERM; jobs go on", "closed");
    }

    @Test
    void ctrlCEndsItLikeACommandThatOnlyLookedOn() {
        assertThat(run(runtime(() -> {}, "INT"), LONG)).isEqualTo(ExitCode.INTERRUPTED);
    }

    @Test
    void anEndThatTakesTooLongIsNotWaitedFor() {
        CountDownLatch never = new CountDownLatch(1);

        assertThat(run(runtime(() -> await(never), "TERM"), Duration.ofMillis(50)))
                .isEqualTo(ExitCode.ENGINE);
        assertThat(remarks).last().asString().contains("not ended in order");
    }

    @Test
    void aSecondSignalGivesUpWaiting() {
        CountDownLatch never = new CountDownLatch(1);

        assertThat(run(runtime(() -> await(never), "INT", "INT"), LONG)).isEqualTo(ExitCode.ENGINE);
    }

    @Test
    void anEndThatFailsIsTold() {
        ExitCode code = run(
                runtime(
                        () -> {
                            throw new IllegalStateException("broken");
                        },
                        "TERM"),
                LONG);

        assertThat(code).isEqualTo(ExitCode.ENGINE);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
