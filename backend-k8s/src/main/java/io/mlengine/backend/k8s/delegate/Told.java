package io.mlengine.backend.k8s.delegate;

import io.mlengine.backend.k8s.resource.MLTrainDelegate;
import io.mlengine.backend.k8s.resource.MLTrainStatus;
import io.mlengine.backend.k8s.resource.Words;
import io.mlengine.core.job.Phase;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the status keeps of a job's course; everything else in it follows from this and from what is seen.
 *
 * @param phase where the job is
 * @param reason why, one word
 * @param message why, for people; may be empty
 * @param attempt how often it was told to run
 * @param madeAgain how often its object was made again because somebody had deleted it
 * @param uid of its object, or null while there is none
 * @param startedAt when it first ran, in RFC 3339, or null
 * @param finishedAt when it ended, in RFC 3339, or null
 */
record Told(
        Phase phase,
        String reason,
        String message,
        int attempt,
        int madeAgain,
        @Nullable String uid,
        @Nullable String startedAt,
        @Nullable String finishedAt) {
    static Told of(MLTrainStatus status) {
        Optional<MLTrainDelegate> delegate = Optional.ofNullable(status.delegate());
        return new Told(
                phase(status),
                text(status.reason()),
                text(status.message()),
                Optional.ofNullable(status.attempt()).orElse(0),
                delegate.map(MLTrainDelegate::madeAgain).orElse(0),
                delegate.map(MLTrainDelegate::uid).orElse(null),
                status.startedAt(),
                status.finishedAt());
    }

    /** A word that is none of ours, as that of a job that was rejected before, counts as none. */
    private static Phase phase(MLTrainStatus status) {
        return Arrays.stream(Phase.values())
                .filter(phase -> Words.of(phase).equals(status.phase()))
                .findFirst()
                .orElse(Phase.CREATED);
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : text;
    }

    Told in(Phase next, String why, String sentence) {
        return new Told(next, why, sentence, attempt, madeAgain, uid, startedAt, finishedAt);
    }

    Told with(@Nullable String object) {
        return new Told(phase, reason, message, attempt, madeAgain, object, startedAt, finishedAt);
    }

    Told nextAttempt() {
        return new Told(phase, reason, message, attempt + 1, madeAgain, uid, startedAt, finishedAt);
    }

    Told onceMore() {
        return new Told(phase, reason, message, attempt, madeAgain + 1, uid, startedAt, finishedAt);
    }

    Told startedAt(Instant time) {
        String first = startedAt == null ? Words.of(time) : startedAt;
        return new Told(phase, reason, message, attempt, madeAgain, uid, first, finishedAt);
    }

    Told finishedAt(Instant time) {
        return new Told(phase, reason, message, attempt, madeAgain, uid, startedAt, Words.of(time));
    }

    /** Whether nothing of it has been started in this attempt. */
    boolean isIdle() {
        return phase.compareTo(Phase.SUSPENDED) <= 0 || phase == Phase.SUSPENDING;
    }
}
