package io.mlengine.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlengine.spi.backend.BackendEvent;
import io.mlengine.spi.backend.Cleanup;
import io.mlengine.spi.backend.ComputeBackend;
import io.mlengine.spi.backend.LogCursor;
import io.mlengine.spi.backend.LogLine;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.backend.Reservation;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.ReplicaKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link ComputeBackend} owes the engine. Extend it, hand over a backend, the commands for the behaviours
 * that the tests need, and a way to let time pass: real time for a real backend, virtual time for a simulated one.
 */
public abstract class ComputeBackendContract {
    /** What a replica is asked to do. */
    public enum Behaviour {
        /** Ends with 0 soon. */
        SUCCEEDS,
        /** Ends with 3 soon. */
        FAILS,
        /** Runs until it is told to stop. */
        STAYS,
        /** Runs until it is told to stop, and has started something that survives TERM. */
        STAYS_WITH_A_CHILD,
        /** Writes {@code line 0} to {@code line 499} to its standard output and ends with 0. */
        SPEAKS,
        /**
         * Writes what is in the file that its last argument names, then what is in the one that the variable {@code
         * PLANNED} names, then the value of {@code MLENGINE_ATTEMPT_SECRET} and a line end; ends with 0.
         */
        SHOWS
    }

    private static final int LINES = 500;

    private BackendDriver driver;

    /** A backend that has not been started, with at least one node; nodes with devices make more tests count. */
    protected abstract ComputeBackend create();

    /**
     * The command of a replica that behaves as asked.
     *
     * @param replica which start; a backend without processes remembers the behaviour for it
     * @param behaviour what it shall do
     * @return the command
     */
    protected abstract List<String> command(ReplicaId replica, Behaviour behaviour);

    /**
     * Lets time pass.
     *
     * @param duration how much, in the backend's own time
     */
    protected abstract void letTimePass(Duration duration);

    /**
     * Looks, not through the backend, whether something of a replica is alive.
     *
     * @param replica which start
     * @return true when something is
     */
    protected abstract boolean isAlive(ReplicaId replica);

    /**
     * The id of a job; override where ids have a form of their own.
     *
     * @param name the job's name
     * @return the id
     */
    protected JobId jobId(String name) {
        return JobId.of(name);
    }

    /** Whether replicas write anything; false for backends that only simulate them. */
    protected boolean hasOutput() {
        return true;
    }

    @BeforeEach
    final void startBackend() {
        driver = new BackendDriver(this);
        driver.start(create());
    }

    @AfterEach
    final void closeBackend() {
        driver.backend().close();
    }

    @Test
    void whatIsFoundIsReportedBeforeSynced() {
        List<BackendEvent.Kind> kinds =
                driver.events().stream().map(BackendEvent::kind).toList();
        assertThat(kinds).containsOnlyOnce(BackendEvent.Kind.SYNCED);
        assertThat(kinds.indexOf(BackendEvent.Kind.NODES_REPORTED))
                .isNotNegative()
                .isLessThan(kinds.indexOf(BackendEvent.Kind.SYNCED));
    }

    @Test
    void aReservationGivesEveryReplicaAnAddressAndThePortsItNeeds() {
        Reservation reservation = driver.reserve(driver.attempt("ports"), 2, "main", "debug");
        assertThat(reservation.endpoints())
                .extracting(Reservation.Endpoint::key)
                .containsExactly(new ReplicaKey("worker", 0), new ReplicaKey("worker", 1));
        assertThat(reservation.endpoints()).allSatisfy(endpoint -> {
            assertThat(endpoint.host()).isNotBlank();
            assertThat(endpoint.ports().keySet()).containsExactly("debug", "main");
        });
    }

    @Test
    void noPortIsHandedOutTwice() {
        List<Integer> ports = new ArrayList<>();
        List<String> addresses = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            driver.reserve(driver.attempt("job-" + i), 3, "main", "debug")
                    .endpoints()
                    .forEach(endpoint -> endpoint.ports().values().forEach(port -> {
                        ports.add(port);
                        addresses.add(endpoint.host() + ":" + port);
                    }));
        }
        assertThat(ports).hasSize(60).allMatch(port -> port > 0);
        assertThat(addresses).doesNotHaveDuplicates();
        if (driver.backend().traits().sharedHost()) {
            assertThat(ports).doesNotHaveDuplicates();
        }
    }

    @Test
    void reservingAgainWithAnotherPlacementKeepsWhatStays() {
        AttemptId attempt = driver.attempt("grows");
        Reservation two = driver.reserve(attempt, 2, "main");
        assertThat(driver.reserve(attempt, 2, "main"))
                .as("the same order again")
                .isEqualTo(two);
        Reservation three = driver.reserve(attempt, 3, "main");
        assertThat(three.endpoints()).hasSize(3).containsAll(two.endpoints());
        assertThat(driver.reserve(attempt, 2, "main")).isEqualTo(two);
    }

    @Test
    void aDeviceHasOneHolder() {
        if (!driver.backend().traits().choosesDevices() || driver.devices().isEmpty()) {
            return;
        }
        AttemptId holder = driver.attempt("holder");
        AttemptId other = driver.attempt("other");
        driver.reserveDevices(holder, driver.devices());
        assertThatThrownBy(() -> driver.reserveDevices(other, driver.devices().subList(0, 1)))
                .isNotNull();
        driver.reserveDevices(holder, driver.devices());
        driver.done(driver.backend().release(holder, Cleanup.KEEP, BackendDriver.FENCE));
        driver.reserveDevices(other, driver.devices());
    }

    @Test
    void aReplicaIsReportedAsWholeStatesWithRisingRevisions() {
        ReplicaId replica = driver.run("plain", Behaviour.SUCCEEDS);
        ReplicaStatus end = driver.awaitEnd(replica);
        assertThat(end.state()).isEqualTo(ReplicaState.SUCCEEDED);
        assertThat(end.exit()).contains(ExitStatus.SUCCESS);
        assertThat(end.failureClass()).isEmpty();
        assertThat(end.startedAt()).isPresent();
        assertThat(end.endedAt().orElseThrow()).isAfterOrEqualTo(end.startedAt().get());
        List<ReplicaStatus> distinct =
                driver.statuses(replica).stream().distinct().toList();
        assertThat(distinct).extracting(ReplicaStatus::revision).doesNotHaveDuplicates();
        assertThat(distinct)
                .filteredOn(status -> !status.state().mayLive())
                .as("an end is final")
                .allMatch(status -> status.state() == ReplicaState.SUCCEEDED);
        assertThat(distinct)
                .filteredOn(status -> status.startedAt().isPresent())
                .allMatch(status -> status.startedAt().equals(end.startedAt()));
    }

    @Test
    void aFailureTellsItsExitCode() {
        ReplicaStatus end = driver.awaitEnd(driver.run("fails", Behaviour.FAILS));
        assertThat(end.state()).isEqualTo(ReplicaState.FAILED);
        assertThat(end.exit()).contains(ExitStatus.ofCode(3));
    }

    @Test
    void theSameLaunchAgainStartsNothing() {
        ReplicaId replica = driver.run("twice", Behaviour.STAYS);
        ReplicaStatus ready = driver.awaitState(replica, ReplicaState.READY);
        driver.launch(replica, Behaviour.STAYS);
        letTimePass(Duration.ofMillis(500));
        assertThat(driver.newest(replica).state()).isEqualTo(ReplicaState.READY);
        assertThat(driver.newest(replica).startedAt()).isEqualTo(ready.startedAt());
        driver.stop(replica.attempt(), Set.of());
        ReplicaStatus end = driver.awaitEnd(replica);
        driver.launch(replica, Behaviour.STAYS);
        letTimePass(Duration.ofMillis(500));
        assertThat(driver.newest(replica).state()).isEqualTo(end.state());
        assertThat(isAlive(replica)).isFalse();
    }

    @Test
    void aLaunchNeedsAReservation() {
        ReplicaId replica = new ReplicaId(driver.attempt("unreserved"), "worker", 0, 0);
        assertThatThrownBy(() -> driver.launch(replica, Behaviour.SUCCEEDS)).isNotNull();
        assertThat(driver.statuses(replica)).isEmpty();
    }

    @Test
    void aStopReachesOnlyThoseItNames() {
        AttemptId attempt = driver.attempt("partly");
        driver.reserve(attempt, 2);
        List<ReplicaId> both = IntStream.range(0, 2)
                .mapToObj(index -> new ReplicaId(attempt, "worker", index, 0))
                .toList();
        both.forEach(replica -> driver.launch(replica, Behaviour.STAYS));
        both.forEach(replica -> driver.awaitState(replica, ReplicaState.READY));
        driver.stop(attempt, Set.of(both.get(1)));
        assertThat(driver.awaitEnd(both.get(1)).exit()).isPresent();
        assertThat(driver.newest(both.get(0)).state()).isEqualTo(ReplicaState.READY);
        driver.stop(attempt, Set.of());
        driver.awaitEnd(both.get(0));
    }

    @Test
    void stoppingWhatIsUnknownOrHasEndedIsIgnored() {
        driver.stop(driver.attempt("nobody"), Set.of());
        ReplicaId replica = driver.run("ended", Behaviour.SUCCEEDS);
        ReplicaStatus end = driver.awaitEnd(replica);
        driver.stop(replica.attempt(), Set.of());
        driver.stop(replica.attempt(), Set.of(new ReplicaId(replica.attempt(), "worker", 7, 0)));
        letTimePass(Duration.ofMillis(300));
        assertThat(driver.newest(replica).state()).isEqualTo(end.state());
    }

    @Test
    void anEndIsToldWhenNothingLives() {
        ReplicaId replica = driver.run("children", Behaviour.STAYS_WITH_A_CHILD);
        driver.awaitState(replica, ReplicaState.READY);
        assertThat(isAlive(replica)).isTrue();
        driver.stop(replica.attempt(), Set.of());
        driver.awaitEnd(replica);
        assertThat(driver.endedAlive()).isEmpty();
        assertThat(isAlive(replica)).isFalse();
    }

    @Test
    void anOlderFenceIsRefusedAndChangesNothing() {
        ReplicaId replica = driver.run("fenced", Behaviour.STAYS);
        driver.awaitState(replica, ReplicaState.READY);
        AttemptId attempt = replica.attempt();
        List<CompletionStage<?>> orders = List.of(
                driver.backend().reserve(driver.order(attempt, 2, List.of()), BackendDriver.OLDER),
                driver.backend().launch(driver.launchOrder(replica, Behaviour.STAYS), BackendDriver.OLDER),
                driver.backend().stop(attempt, Set.of(), BackendDriver.STOP, BackendDriver.OLDER),
                driver.backend().release(attempt, Cleanup.KEEP, BackendDriver.OLDER),
                driver.backend().remove(attempt.job(), BackendDriver.OLDER));
        for (CompletionStage<?> order : orders) {
            assertThatThrownBy(() -> driver.done(order)).isNotNull();
        }
        letTimePass(Duration.ofMillis(300));
        assertThat(driver.newest(replica).state()).isEqualTo(ReplicaState.READY);
        assertThat(isAlive(replica)).isTrue();
        driver.stop(attempt, Set.of());
        driver.awaitEnd(replica);
    }

    @Test
    void releaseAndRemoveMayComeTwice() {
        ReplicaId replica = driver.run("gone", Behaviour.SUCCEEDS);
        driver.awaitEnd(replica);
        for (int time = 0; time < 2; time++) {
            driver.done(driver.backend().release(replica.attempt(), Cleanup.REMOVE_WORK, BackendDriver.FENCE));
        }
        for (int time = 0; time < 2; time++) {
            driver.done(driver.backend().remove(replica.attempt().job(), BackendDriver.FENCE));
        }
    }

    @Test
    void theOutputIsCompleteAndInOrder() {
        if (!hasOutput()) {
            return;
        }
        ReplicaId replica = driver.run("speaks", Behaviour.SPEAKS);
        List<LogLine> followed = driver.lines(replica, LogCursor.START, true);
        driver.awaitEnd(replica);
        List<LogLine> afterwards = driver.lines(replica, LogCursor.START, false);
        List<String> expected =
                IntStream.range(0, LINES).mapToObj(i -> "line " + i).toList();
        assertThat(followed).extracting(LogLine::text).isEqualTo(expected);
        assertThat(afterwards).extracting(LogLine::text).isEqualTo(expected);
        assertThat(afterwards).extracting(LogLine::offset).isSorted();
        assertThat(new HashSet<>(afterwards)).hasSameSizeAs(expected);
        assertThat(driver.lines(replica, LogCursor.tail(3), false))
                .extracting(LogLine::text)
                .isEqualTo(expected.subList(LINES - 3, LINES));
    }

    @Test
    void aPlanNamesItsFilesInCommandAndVariables() {
        if (!hasOutput()) {
            return;
        }
        assertThat(shown(driver.attempt("files"), 0).subList(0, 2))
                .containsExactly(BackendDriver.NOTE, BackendDriver.NOTE);
    }

    @Test
    void theReplicasOfAnAttemptShareASecretThatNoOtherAttemptHas() {
        if (!hasOutput()) {
            return;
        }
        AttemptId attempt = driver.attempt("secret");
        String secret = shown(attempt, 0).get(2);
        assertThat(secret).as("256 bits").hasSizeGreaterThanOrEqualTo(43);
        assertThat(shown(attempt, 1)).contains(secret);
        assertThat(shown(new AttemptId(attempt.job(), 2), 0)).doesNotContain(secret);
    }

    private List<String> shown(AttemptId attempt, int restart) {
        ReplicaId replica = new ReplicaId(attempt, "worker", 0, restart);
        driver.reserve(attempt, 1);
        driver.launch(replica, Behaviour.SHOWS);
        assertThat(driver.awaitEnd(replica).exit()).contains(ExitStatus.SUCCESS);
        return driver.lines(replica, LogCursor.START, false).stream()
                .map(LogLine::text)
                .toList();
    }

    @Test
    void closingTwiceDoesNothingMore() {
        driver.backend().close();
        driver.backend().close();
    }
}
