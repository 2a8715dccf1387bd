package io.mlengine.core.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.JobTimer;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.PhaseChange;
import io.mlengine.core.job.ReplicaRecord;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.backend.Reservation;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** One job in the hands of a test, which plays scheduler, backend, clock and user. */
final class JobDriver {
    static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");
    static final JobId ID = JobId.of("j1");

    private final List<Effect> effects = new ArrayList<>();
    private final Edges edges;
    private JobRecord record;
    private Instant now = BEGINNING;
    private long revision;

    JobDriver(MLTrain train) {
        this(train, new Edges());
    }

    JobDriver(MLTrain train, Edges edges) {
        this.edges = edges;
        this.record = JobStateMachine.submitted(ID, train, "ada", 1, now);
    }

    static JobDriver queued(MLTrain train) {
        return new JobDriver(train).send(new JobEvent.Accept());
    }

    static JobDriver admitted(MLTrain train) {
        return queued(train).grant();
    }

    static JobDriver starting(MLTrain train) {
        return admitted(train).reserved();
    }

    static JobDriver running(MLTrain train) {
        return starting(train).allReady();
    }

    JobRecord record() {
        return record;
    }

    Attempt attempt() {
        return record.attempt().orElseThrow();
    }

    Phase phase() {
        return record.phase();
    }

    Instant now() {
        return now;
    }

    /** The effects of the last event. */
    List<Effect> effects() {
        return effects;
    }

    <T extends Effect> List<T> effects(Class<T> type) {
        return effects.stream().filter(type::isInstance).map(type::cast).toList();
    }

    List<Phase> history() {
        return record.history().stream().map(PhaseChange::phase).toList();
    }

    Instant timer(JobTimer timer) {
        assertThat(record.timers()).containsKey(timer);
        return Objects.requireNonNull(record.timers().get(timer));
    }

    ReplicaRecord replica(String role, int index) {
        return Objects.requireNonNull(attempt().replicas().get(new ReplicaKey(role, index)));
    }

    JobDriver send(JobEvent event) {
        JobRecord before = record;
        Transition transition = JobStateMachine.apply(record, event, now);
        record = transition.record();
        effects.clear();
        effects.addAll(transition.effects());
        edges.visit(before, event, transition);
        return this;
    }

    JobDriver pass(Duration time) {
        now = now.plus(time);
        return this;
    }

    /** Lets time pass and looks at the timers. */
    JobDriver wakeAfter(Duration time) {
        return pass(time).send(new JobEvent.Wake());
    }

    /** Lets time pass until the next timer. */
    JobDriver wakeAtNextTimer() {
        Instant next = record.wakeAt().orElseThrow();
        now = next.isAfter(now) ? next : now;
        return send(new JobEvent.Wake());
    }

    JobDriver grant() {
        return send(new JobEvent.Grant(placement(record)));
    }

    /** The whole gang on one node. */
    static Placement placement(JobRecord record) {
        List<Placement.Slot> slots = new ArrayList<>();
        for (Role role : record.train().roles()) {
            for (int i = 0; i < record.size(role.name()); i++) {
                slots.add(new Placement.Slot(new ReplicaKey(role.name(), i), "node", List.of()));
            }
        }
        return new Placement(slots);
    }

    JobDriver reserved() {
        return send(new JobEvent.Reserved(
                attempt().id(), attempt().epoch(), reservation(attempt().placement())));
    }

    static Reservation reservation(Placement placement) {
        return new Reservation(placement.replicas().stream()
                .map(slot -> new Reservation.Endpoint(slot.key(), slot.node(), new TreeMap<>()))
                .toList());
    }

    JobDriver orderFailed(FailureClass failure, String reason) {
        return send(new JobEvent.OrderFailed(attempt().id(), failure, reason, "no"));
    }

    /** Reports all that may live as ready, wave after wave. */
    JobDriver allReady() {
        boolean more = true;
        while (more) {
            more = false;
            for (ReplicaRecord replica : List.copyOf(attempt().replicas().values())) {
                if (replica.mayLive() && replica.current().state() != ReplicaState.READY) {
                    report(replica.id(), ReplicaState.READY);
                    more = true;
                }
            }
        }
        return this;
    }

    JobDriver ready(String role, int index) {
        return report(replica(role, index).id(), ReplicaState.READY);
    }

    JobDriver exit(String role, int index, int code) {
        return exit(role, index, ExitStatus.ofCode(code), now);
    }

    JobDriver exit(String role, int index, ExitStatus exit, Instant at) {
        ReplicaState state = exit.isSuccess() ? ReplicaState.SUCCEEDED : ReplicaState.FAILED;
        return report(
                replica(role, index).id(), state, status -> status.exit(exit).endedAt(at));
    }

    JobDriver state(String role, int index, ReplicaState state) {
        return report(replica(role, index).id(), state);
    }

    JobDriver report(ReplicaId id, ReplicaState state) {
        return report(id, state, status -> status);
    }

    JobDriver report(ReplicaId id, ReplicaState state, UnaryOperator<ReplicaStatus.Builder> more) {
        revision++;
        return send(new JobEvent.ReplicaChanged(
                more.apply(ReplicaStatus.builder().id(id).revision(revision).state(state))
                        .build()));
    }

    /** Everything that may live ends, killed as it was told. */
    JobDriver allStopped() {
        AttemptId attempt = attempt().id();
        for (ReplicaRecord replica : List.copyOf(attempt().replicas().values())) {
            if (replica.mayLive() && attempt().id().equals(attempt)) {
                exitAfterTerm(replica.id());
            }
        }
        return this;
    }

    JobDriver exitAfterTerm(ReplicaId id) {
        return report(
                id,
                ReplicaState.FAILED,
                status -> status.exit(ExitStatus.ofSignal(15)).endedAt(now));
    }

    /** What a crash leaves: the stored record, with the orders that it implies. */
    JobDriver engineStartsAgain() {
        effects.clear();
        effects.addAll(JobStateMachine.owed(record));
        return this;
    }
}
