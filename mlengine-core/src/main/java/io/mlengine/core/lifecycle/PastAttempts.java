package io.mlengine.core.lifecycle;

import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.FailureCause;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.PhaseChange;
import io.mlengine.core.metering.Forgetting;
import io.mlengine.spi.model.FailureClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which attempts a record keeps: the first and the newest. A quota may refuse a job for days: of a series of attempts
 * that it refused one after the other, the record keeps the first and the newest too, also in its history.
 */
final class PastAttempts {
    private static final int MOST = 32;

    private PastAttempts() {}

    /** The newest attempt is over, another one begins. */
    static void add(Draft draft) {
        if (draft.record().attempt().isEmpty()) {
            return;
        }
        List<Attempt> past = new ArrayList<>(draft.record().pastAttempts());
        past.add(draft.attempt());
        draft.change(builder -> builder.pastAttempts(past));
        int size = past.size();
        if (size >= 3 && past.subList(size - 3, size).stream().allMatch(PastAttempts::isRefused)) {
            forget(draft, size - 2);
            int gone = past.get(size - 2).id().number();
            List<PhaseChange> history = draft.record().history().stream()
                    .filter(change -> change.attempt() != gone)
                    .toList();
            draft.change(builder -> builder.history(history));
        } else if (size > MOST) {
            forget(draft, 1);
        }
    }

    private static void forget(Draft draft, int index) {
        JobRecord without = Forgetting.past(draft.record(), index, index + 1);
        draft.change(builder -> builder.pastAttempts(without.pastAttempts()).forgotten(without.forgotten()));
    }

    private static boolean isRefused(Attempt attempt) {
        return attempt.runningAt().isEmpty()
                && attempt.cause().map(FailureCause::failureClass).equals(Optional.of(FailureClass.QUOTA));
    }
}
