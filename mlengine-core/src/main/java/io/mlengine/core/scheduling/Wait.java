package io.mlengine.core.scheduling;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Why a job waits. The reasons form a minimal set: with all of them gone the job would start, with any of them left it
 * would not.
 *
 * @param reasons at least one
 * @param position place among the waiting jobs of its queue, in the order of the policy, from 1
 * @param start when it will start, as far as that can be told
 */
public record Wait(List<BlockingReason> reasons, int position, Optional<Instant> start) {
    /** Copies the list. */
    public Wait {
        reasons = List.copyOf(reasons);
        if (reasons.isEmpty() || position < 1) {
            throw new IllegalArgumentException("a job waits for a reason, at a position from 1: " + position);
        }
    }

    /**
     * Tells whether the job can never start here as it is.
     *
     * @return true when waiting does not help
     */
    public boolean isImpossible() {
        for (BlockingReason reason : reasons) {
            if (reason.code() == BlockingReason.Code.IMPOSSIBLE_HERE) {
                return true;
            }
        }
        return false;
    }

    /**
     * The explanation for people.
     *
     * @return one line, for example {@code waiting for 8 GPUs on one node: 6 free on gpu-11, short by 2}
     */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (BlockingReason reason : reasons) {
            text.append(text.isEmpty() ? "" : "; ").append(reason.text());
        }
        return text.toString();
    }
}
