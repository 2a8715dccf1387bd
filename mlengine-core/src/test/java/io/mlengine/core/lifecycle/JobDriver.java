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
public final class JobDriver {
    public static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");
    public static final JobId ID = JobId.of("j1");

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

    public static JobDriver queued(MLTrain train) {
        return new JobDriver(train).send(new JobEvent.Accept());
    }

    public static JobDriver admitted(MLTrain train) {
        return queued(train).grant();
    }

    public static JobDriver starting(MLTrain train) {
        return admitted(train).reserved();
    }

    public static JobDriver running(MLTrain train) {
        return starting(train).allReady();
    }

    public JobRecord record() {
        return record;
    }

    public Attempt attempt() {
        return record.attempt().orElseThrow();
    }

    public Phase phase() {
        return record.phase();
    }

    public Instant now() {
        return now;
    }

    /** The effects of the last event. */
    public List<Effect> effects() {
        return effects;
    }

    public <T extends Effect> List<T> effects(Class<T> type) {
        return effects.stream().filter(type::isInstance).map(type::cast).toList();
    }

    public List<Phase> history() {
        return record.history().stream().map(PhaseChange::phase).toList();
    }

    public Instant timer(JobTimer timer) {
        assertThat(record.timers()).containsKey(timer);
        return Objects.requireNonNull(record.timers().get(timer));
    }

    public ReplicaRecord replica(String role, int index) {
        return Objects.requireNonNull(attempt().replicas().get(new ReplicaKey(role, index)));
    }

    public JobDriver send(JobEvent event) {
        JobRecord before = record;
        Transition transition = JobStateMachine.apply(record, event, now);
        record = transition.record();
        effects.clear();
        effects.addAll(transition.effects());
        edges.visit(before, event, transition);
        return this;
    }

    public JobDriver pass(Duration time) {
        now = now.plus(time);
        return this;
    }

    /** Lets time pass and looks at the timers. */
    public JobDriver wakeAfter(Duration time) {
        return pass(time).send(new JobEvent.Wake());
    }

    /** Lets time pass until the next timer. */
    public JobDriver wakeAtNextTimer() {
        Instant next = record.wakeAt().orElseThrow();
        now = next.isAfter(now) ? next : now;
        return send(new JobEvent.Wake());
    }

    public JobDriver grant() {
        return send(new JobEvent.Grant(placement(record)));
    }

    /** The whole gang on one node. */
    public static Placement placement(JobRecord record) {
        List<Placement.Slot> slots = new ArrayList<>();
        for (Role role : record.train().roles()) {
            for (int i = 0; i < record.size(role.name()); i++) {
                slots.add(new Placement.Slot(new ReplicaKey(role.name(), i), "node", List.of()));
            }
        }
        return new Placement(slots);
    }

    public JobDriver reserved() {
        return send(new JobEvent.Reserved(
                attempt().id(), attempt().epoch(), reservation(attempt().placement())));
    }

    public static Reservation reservation(Placement placement) {
        return new Reservation(placement.replicas().stream()
                .map(slot -> new Reservation.Endpoint(slot.key(), slot.node(), new TreeMap<>()))
                .toList());
    }

    public JobDriver orderFailed(FailureClass failure, String reason) {
        return send(new JobEvent.OrderFailed(attempt().id(), failure, reason, "no"));
    }

    /** Reports all that may live as ready, wave after wave. */
    public JobDriver allReady() {
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

    public JobDriver ready(String role, int index) {
        return report(replica(role, index).id(), ReplicaState.READY);
    }

    public JobDriver exit(String role, int index, int code) {
        return exit(role, index, ExitStatus.ofCode(code), now);
    }

    public JobDriver exit(String role, int index, ExitStatus exit, Instant at) {
        ReplicaState state = exit.isSuccess() ? ReplicaState.SUCCEEDED : ReplicaState.FAILED;
        return report(
                replica(role, index).id(), state, status -> status.exit(exit).endedAt(at));
    }

    public JobDriver state(String role, int index, ReplicaState state) {
        return report(replica(role, index).id(), state);
    }

    public JobDriver report(ReplicaId id, ReplicaState state) {
        return report(id, state, status -> status);
    }

    public JobDriver report(ReplicaId id, ReplicaState state, UnaryOperator<ReplicaStatus.Builder> more) {
        revision++;
        return send(new JobEvent.ReplicaChanged(
                more.apply(ReplicaStatus.builder().id(id).revision(revision).state(state))
                        .build()));
    }

    /** Everything that may live ends, killed as it was told. */
    public JobDriver allStopped() {
        AttemptId attempt = attempt().id();
        for (ReplicaRecord replica : List.copyOf(attempt().replicas().values())) {
            if (replica.mayLive() && attempt().id().equals(attempt)) {
                exitAfterTerm(replica.id());
            }
        }
        return this;
    }

    public JobDriver exitAfterTerm(ReplicaId id) {
        return report(
                id,
                ReplicaState.FAILED,
                status -> status.exit(ExitStatus.ofSignal(15)).endedAt(now));
    }

    /** What a crash leaves: the stored record, with the orders that it implies. */
    public JobDriver engineStartsAgain() {
        effects.clear();
        effects.addAll(JobStateMachine.owed(record));
        return this;
    }
}
