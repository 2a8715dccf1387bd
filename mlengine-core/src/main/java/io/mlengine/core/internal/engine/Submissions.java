package io.mlengine.core.internal.engine;

import io.mlengine.core.admission.OptionalGpus;
import io.mlengine.core.admission.QueuePriority;
import io.mlengine.core.api.SubmitOptions;
import io.mlengine.core.api.SubmitResult;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.lifecycle.JobStateMachine;
import io.mlengine.core.store.JobStore;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Violation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a job into the engine: admission, then acceptance on the loop. A job comes by a call, or through the store;
 * where the store names jobs, one that comes by a call takes both ways, and the first to arrive is accepted.
 */
final class Submissions {
    private static final Logger LOG = LoggerFactory.getLogger(Submissions.class);
    private static final Duration AGAIN = Duration.ofSeconds(10);

    private final EngineParts parts;
    private final EngineLoop loop;
    private final ViewBoard board;
    private final LoopCalls calls;
    private final BiFunction<JobId, ViewBoard, SubmitResult> accepted;

    /**
     * @param accepted makes the answer from a job that is stored
     */
    Submissions(
            EngineParts parts,
            EngineLoop loop,
            ViewBoard board,
            LoopCalls calls,
            BiFunction<JobId, ViewBoard, SubmitResult> accepted) {
        this.parts = parts;
        this.loop = loop;
        this.board = board;
        this.calls = calls;
        this.accepted = accepted;
    }

    /** A job that comes by a call. */
    CompletableFuture<SubmitResult> submit(MLTrain train, SubmitOptions options) {
        MLTrain keyed = options.idempotencyKey()
                .<MLTrain>map(key -> MLTrain.builder()
                        .from(train)
                        .putAnnotation(JobTable.KEY_ANNOTATION, key)
                        .build())
                .orElse(train);
        return parts.launchers().admit(keyed).toCompletableFuture().thenCompose(admitted -> {
            List<Violation> violations = new ArrayList<>(admitted.violations());
            Delegations.refusalOfCall(train, parts.store()).ifPresent(violations::add);
            return violations.isEmpty()
                    ? enter(keyed, admitted.train(), options)
                    : CompletableFuture.completedFuture(new SubmitResult.Rejected(violations));
        });
    }

    /** What is wrong with a job, by whatever way it is to come. */
    List<Violation> validate(MLTrain train) {
        List<Violation> violations = new ArrayList<>(
                parts.launchers().admit(train).toCompletableFuture().join().violations());
        Delegations.refusal(train, parts.store()).ifPresent(violations::add);
        violations.addAll(aboveItsQueue(train));
        return List.copyOf(violations);
    }

    private CompletableFuture<SubmitResult> enter(MLTrain written, MLTrain train, SubmitOptions options) {
        return calls.onLoop(result -> whenItsShapeIsKnown(train, () -> enter(written, train, options, result)));
    }

    private void enter(MLTrain written, MLTrain train, SubmitOptions options, CompletableFuture<SubmitResult> result) {
        Optional<JobEntry> sameKey = options.idempotencyKey().flatMap(loop.jobs()::byKey);
        if (sameKey.isPresent()) {
            reply(sameKey.get().record.id(), result);
            return;
        }
        List<Violation> aboveItsQueue = aboveItsQueue(train);
        if (!aboveItsQueue.isEmpty()) {
            calls.complete(result, () -> new SubmitResult.Rejected(aboveItsQueue));
            return;
        }
        Optional<JobEntry> sameName = loop.jobs().live(train.namespace(), train.name());
        if (sameName.isPresent()) {
            calls.complete(
                    result,
                    () -> nameTaken(train, "cancel " + sameName.get().record.id()));
        } else if (parts.store().namesJobs()) {
            parts.store().create(written, options.user()).whenComplete((id, error) -> {
                if (error != null) {
                    calls.fail(result, OrderFailure.unwrap(error));
                } else if (id.isEmpty()) {
                    calls.complete(result, () -> nameTaken(train, "delete the one that is there"));
                } else {
                    loop.answer(() -> accept(id.get(), train, options.user(), () -> reply(id.get(), result)));
                }
            });
        } else {
            JobId id = freshId();
            accept(id, train, options.user(), () -> reply(id, result));
        }
    }

    /** A job that comes through the store, which says so once: who cannot judge it now does so later. */
    void submitted(JobStore.Submission submission) {
        parts.launchers().admit(submission.train()).whenComplete((admitted, error) -> {
            if (error != null) {
                LOG.error("a job could not be judged, trying again: job={}", submission.id(), error);
                parts.clock().schedule(AGAIN, () -> submitted(submission));
                return;
            }
            List<Violation> violations = new ArrayList<>(admitted.violations());
            Delegations.refusal(submission.train(), parts.store()).ifPresent(violations::add);
            loop.answer(() -> {
                violations.addAll(aboveItsQueue(submission.train()));
                judged(submission, admitted.train(), violations);
            });
        });
    }

    /** Runs on the loop. */
    private void judged(JobStore.Submission submission, MLTrain complete, List<Violation> violations) {
        if (!violations.isEmpty()) {
            reject(submission.id(), violations);
        } else if (submission.train().delegate().isPresent()) {
            handOver(submission.id());
        } else {
            whenItsShapeIsKnown(complete, () -> accept(submission.id(), complete, submission.user(), () -> {}));
        }
    }

    /** Queues change while the engine runs: what they allow is asked on the loop, when the job comes. */
    private List<Violation> aboveItsQueue(MLTrain train) {
        return QueuePriority.check(train, board.queues());
    }

    private void reject(JobId id, List<Violation> violations) {
        if (loop.find(id).isEmpty()) {
            parts.store().reject(id, violations, loop.fence()).whenComplete((done, error) -> {
                if (error != null) {
                    LOG.warn("a rejection could not be noted: job={}", id, error);
                }
            });
        }
    }

    private void handOver(JobId id) {
        if (loop.find(id).isEmpty()) {
            parts.store().delegate(id, loop.fence()).whenComplete((done, error) -> {
                if (error != null) {
                    LOG.warn("a job could not be handed over, trying again: job={}", id, error);
                    parts.clock().schedule(AGAIN, () -> loop.answer(() -> handOver(id)));
                }
            });
        }
    }

    /** Runs on the loop. A job whose shape depends on the nodes waits until these are known. */
    private void whenItsShapeIsKnown(MLTrain train, Runnable work) {
        if (OptionalGpus.any(train)) {
            loop.whenSynced(work);
        } else {
            work.run();
        }
    }

    /** Runs on the loop; a job that is known already is not accepted again. */
    private void accept(JobId id, MLTrain train, String user, Runnable stored) {
        if (loop.find(id).isPresent()) {
            loop.steps().whenStored(id, stored);
            return;
        }
        JobRecord created = JobStateMachine.submitted(
                id,
                OptionalGpus.settled(train, board.nodes()),
                user,
                loop.jobs().nextSequence(),
                loop.now());
        loop.steps().accept(created, stored);
    }

    private void reply(JobId id, CompletableFuture<SubmitResult> result) {
        SubmitResult answer = accepted.apply(id, board);
        calls.complete(result, () -> answer);
    }

    private static SubmitResult nameTaken(MLTrain train, String remedy) {
        return new SubmitResult.Rejected(List.of(new Violation(
                "metadata.name",
                "ML-409",
                "a job of this name has not ended",
                train.name(),
                "choose another name, or " + remedy)));
    }

    private JobId freshId() {
        while (true) {
            long bits = parts.random().nextLong() & 0xffffffffL;
            JobId id = JobId.of(String.format(java.util.Locale.ROOT, "mlt-%08x", bits));
            if (loop.find(id).isEmpty()) {
                return id;
            }
        }
    }
}
