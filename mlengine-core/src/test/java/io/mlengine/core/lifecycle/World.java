package io.mlengine.core.lifecycle;

import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Phase;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A small hostile world around one job: a backend that obeys orders and answers late, twice, out of order or not at all,
 * users and a scheduler that wish anything at any time, an engine that crashes. It checks {@link Invariants} at each
 * step, the rule about live replicas against its own truth.
 */
final class World {
    private static final int[] CODES = {0, 0, 0, 1, 2, 137, 139, 143};

    private final Random random;
    private final Edges edges;
    private final List<JobEvent> answers = new ArrayList<>();
    private final List<JobEvent> old = new ArrayList<>();
    private final SortedMap<ReplicaId, Process> processes = new TreeMap<>();
    private final Set<AttemptId> claims = new LinkedHashSet<>();
    private JobRecord record;
    private Instant now = JobDriver.BEGINNING;
    private boolean forgotten;
    private boolean kind;

    /** What the backend has of a start. */
    private static final class Process {
        private ReplicaState state = ReplicaState.PENDING;
        private ExitStatus exit = ExitStatus.SUCCESS;
        private long revision = 1;
        private boolean told;
        private Instant endedAt = Instant.EPOCH;

        boolean isAlive() {
            return state.mayLive();
        }
    }

    World(MLTrain train, Random random, Edges edges) {
        this.random = random;
        this.edges = edges;
        this.record = JobStateMachine.submitted(JobDriver.ID, train, "ada", 1, now);
    }

    JobRecord record() {
        return record;
    }

    Instant now() {
        return now;
    }

    boolean isForgotten() {
        return forgotten;
    }

    /** One thing happens. */
    void step() {
        int what = random.nextInt(40);
        if (what < 14) {
            deliver();
        } else if (what < 27) {
            backendWorks();
        } else if (what < 31) {
            schedulerWorks();
        } else if (what < 33) {
            send(anyWish());
        } else if (what < 36) {
            timePasses();
        } else if (what < 37) {
            repeat();
        } else if (what < 39) {
            report();
        } else {
            crash();
        }
    }

    /** From now on everybody does their duty until nothing is left to do. */
    void comeToAnEnd() {
        kind = true;
        for (int round = 0; round < 400 && !record.phase().isTerminal(); round++) {
            processes.values().forEach(this::endWhatWasTold);
            reportAll();
            while (!answers.isEmpty()) {
                send(answers.remove(0));
            }
            record.wakeAt().ifPresent(next -> now = next.isAfter(now) ? next : now);
            send(new JobEvent.Wake());
            if (record.phase() == Phase.QUEUED) {
                send(new JobEvent.Grant(JobDriver.placement(record)));
            }
        }
    }

    /** Nobody interferes: programs run and end as they like, everything is reported, the scheduler grants. */
    void runKindly() {
        kind = true;
        for (int round = 0; round < 4000 && !record.phase().isTerminal(); round++) {
            backendWorks();
            while (!answers.isEmpty()) {
                send(answers.remove(0));
            }
            if (record.phase() == Phase.QUEUED || random.nextInt(50) == 0) {
                record.wakeAt().ifPresent(next -> now = next.isAfter(now) ? next : now);
                send(new JobEvent.Wake());
            }
            if (record.phase() == Phase.QUEUED) {
                send(new JobEvent.Grant(JobDriver.placement(record)));
            }
            if (round % 10 == 9) {
                reportAll();
            }
        }
    }

    /** One event reaches the machine; applying it twice must be the same as applying it once. */
    void send(JobEvent event) {
        if (forgotten) {
            return;
        }
        JobRecord before = record;
        Transition transition = JobStateMachine.apply(before, event, now);
        record = transition.record();
        edges.visit(before, event, transition);
        Invariants.check(before, event, transition);
        Invariants.checkTwice(record, event, now);
        transition.effects().forEach(this::carryOut);
        if (old.size() < 200) {
            old.add(event);
        }
    }

    private void deliver() {
        if (answers.isEmpty()) {
            return;
        }
        int which = random.nextInt(answers.size());
        // Sometimes delivered and kept for a second time.
        send(random.nextInt(8) == 0 ? answers.get(which) : answers.remove(which));
    }

    private void repeat() {
        if (!old.isEmpty()) {
            JobEvent event = old.get(random.nextInt(old.size()));
            if (event.type() == JobEvent.Type.REPLICA_CHANGED
                    || event.type() == JobEvent.Type.RESERVED
                    || event.type() == JobEvent.Type.PROGRESSED
                    || event.type() == JobEvent.Type.ACCEPT) {
                send(event);
            }
        }
    }

    private void timePasses() {
        if (random.nextInt(3) == 0 && record.wakeAt().isPresent()) {
            Instant next = record.wakeAt().get();
            now = next.isAfter(now) ? next : now;
        } else {
            now = now.plusMillis(random.nextInt(5000));
        }
        send(new JobEvent.Wake());
    }

    /** The engine forgets what it was about to do, reads the record and orders what is owed. */
    private void crash() {
        if (!forgotten) {
            answers.clear();
            JobStateMachine.owed(record).forEach(this::carryOut);
            reportAll();
        }
    }

    private JobEvent anyWish() {
        return switch (random.nextInt(32)) {
            case 0 -> new JobEvent.Cancel("");
            case 1 -> new JobEvent.Delete();
            case 2, 3, 4 -> new JobEvent.Suspend();
            case 5, 6, 7, 8, 9, 10 -> new JobEvent.Resume();
            case 11, 12 -> new JobEvent.Preempt("");
            case 13 -> new JobEvent.Removed();
            case 14, 15, 16 ->
                new JobEvent.Progressed(new AttemptId(JobDriver.ID, Math.max(1, record.attemptNumber())));
            case 17 -> new JobEvent.Accept();
            default -> ResizingTest.resize(random.nextInt(6));
        };
    }

    private void schedulerWorks() {
        if (record.phase() == Phase.CREATED) {
            send(new JobEvent.Accept());
            return;
        }
        Placement all = JobDriver.placement(record);
        int most = all.replicas().size();
        boolean whole = random.nextInt(4) != 0;
        send(new JobEvent.Grant(whole ? all : new Placement(all.replicas().subList(0, random.nextInt(most + 1)))));
    }

    private void carryOut(Effect effect) {
        switch (effect.kind()) {
            case RESERVE -> reserve((Effect.Reserve) effect);
            case LAUNCH -> launch((Effect.Launch) effect);
            case STOP -> stop((Effect.Stop) effect);
            case RELEASE -> release(((Effect.Release) effect).attempt());
            case REMOVE -> answers.add(new JobEvent.Removed());
            case FORGET -> forgotten = true;
        }
    }

    private void reserve(Effect.Reserve order) {
        if (!kind && random.nextInt(12) == 0) {
            answers.add(fail(order.attempt()));
            return;
        }
        claims.add(order.attempt());
        answers.add(new JobEvent.Reserved(order.attempt(), order.epoch(), JobDriver.reservation(order.placement())));
    }

    private void launch(Effect.Launch order) {
        Invariants.require(
                processes.entrySet().stream()
                        .noneMatch(entry -> entry.getValue().isAlive()
                                && entry.getKey().attempt().number()
                                        < order.attempt().number()),
                "an attempt starts while an older one lives");
        for (ReplicaId id : order.replicas()) {
            Invariants.require(
                    processes.entrySet().stream()
                            .noneMatch(entry -> entry.getValue().isAlive()
                                    && entry.getKey().key().equals(id.key())
                                    && !entry.getKey().equals(id)),
                    "two starts of one replica live");
        }
        if (!kind && random.nextInt(12) == 0 && order.replicas().stream().noneMatch(processes::containsKey)) {
            answers.add(fail(order.attempt()));
            return;
        }
        order.replicas().forEach(id -> processes.computeIfAbsent(id, unknown -> new Process()));
    }

    private JobEvent fail(AttemptId attempt) {
        FailureClass[] classes = FailureClass.values();
        boolean resize = record.phase() == Phase.RESIZING && random.nextBoolean();
        return new JobEvent.OrderFailed(
                attempt,
                random.nextInt(3) == 0 ? classes[random.nextInt(classes.length)] : FailureClass.INFRASTRUCTURE,
                resize ? Reason.RESTART_TO_RESIZE : "OrderFailed",
                "");
    }

    private void stop(Effect.Stop order) {
        processes.forEach((id, process) -> {
            boolean meant = order.replicas().isEmpty()
                    ? id.attempt().equals(order.attempt())
                    : order.replicas().contains(id);
            if (meant && process.isAlive()) {
                process.told = true;
            }
        });
    }

    private void release(AttemptId attempt) {
        Invariants.require(
                processes.entrySet().stream()
                        .noneMatch(entry -> entry.getValue().isAlive()
                                && entry.getKey().attempt().equals(attempt)),
                "released what lives");
        claims.remove(attempt);
    }

    /** Something happens to a process; whether anybody hears of it is another matter. */
    private void backendWorks() {
        List<ReplicaId> alive =
                processes.keySet().stream().filter(id -> process(id).isAlive()).toList();
        if (alive.isEmpty()) {
            return;
        }
        ReplicaId id = alive.get(random.nextInt(alive.size()));
        Process process = process(id);
        process.revision++;
        int chance = random.nextInt(20);
        if (process.told && chance < 10) {
            end(process, ReplicaState.FAILED, ExitStatus.ofSignal(15));
        } else if (chance == 0) {
            process.state = ReplicaState.LOST;
        } else if (chance == 1) {
            end(process, ReplicaState.GONE, ExitStatus.SUCCESS);
        } else if (chance == 2) {
            end(process, ReplicaState.FAILED, ExitStatus.killedForMemory());
        } else if (process.state == ReplicaState.READY && chance < 6) {
            int code = CODES[random.nextInt(CODES.length)];
            end(process, code == 0 ? ReplicaState.SUCCEEDED : ReplicaState.FAILED, ExitStatus.ofCode(code));
        } else {
            process.state = switch (process.state) {
                case PENDING -> ReplicaState.PREPARING;
                case PREPARING -> ReplicaState.STARTED;
                default -> ReplicaState.READY;
            };
        }
        if (random.nextInt(5) != 0) {
            answers.add(status(id));
        }
    }

    private void end(Process process, ReplicaState state, ExitStatus exit) {
        process.state = state;
        process.exit = exit;
        process.endedAt = now.minusMillis(random.nextInt(3) * 100L);
    }

    private void endWhatWasTold(Process process) {
        if (process.isAlive() && (process.told || process.state == ReplicaState.LOST)) {
            process.revision++;
            end(process, ReplicaState.GONE, ExitStatus.SUCCESS);
        }
    }

    private void report() {
        if (!processes.isEmpty()) {
            List<ReplicaId> ids = List.copyOf(processes.keySet());
            answers.add(status(ids.get(random.nextInt(ids.size()))));
        }
    }

    private void reportAll() {
        processes.keySet().forEach(id -> answers.add(status(id)));
        // What the backend does not know after it has reported everything does not exist.
        record.attempt().stream()
                .filter(attempt -> record.phase() == Phase.STOPPING
                        || record.phase() == Phase.RESTARTING
                        || record.phase() == Phase.SUSPENDING)
                .flatMap(attempt -> attempt.replicas().values().stream())
                .filter(replica -> replica.isUnreported() && !processes.containsKey(replica.id()))
                .forEach(replica -> answers.add(new JobEvent.ReplicaChanged(ReplicaStatus.builder()
                        .id(replica.id())
                        .revision(0)
                        .state(ReplicaState.GONE)
                        .build())));
    }

    private Process process(ReplicaId id) {
        return Objects.requireNonNull(processes.get(id));
    }

    private JobEvent status(ReplicaId id) {
        Process process = process(id);
        ReplicaStatus.Builder status =
                ReplicaStatus.builder().id(id).revision(process.revision).state(process.state);
        if (!process.isAlive()) {
            status.endedAt(process.endedAt);
            if (process.state != ReplicaState.GONE) {
                status.exit(process.exit);
            }
        }
        return new JobEvent.ReplicaChanged(status.build());
    }

    /** What the backend still holds for the job, in its own books. */
    boolean holdsSomething() {
        return !claims.isEmpty() || processes.values().stream().anyMatch(Process::isAlive);
    }
}
