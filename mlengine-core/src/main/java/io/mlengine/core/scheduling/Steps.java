package io.mlengine.core.scheduling;

/** Counts down the steps of exhaustive search. */
final class Steps {
    private long left;
    private boolean ranOut;

    Steps(long most) {
        this.left = most;
    }

    /** Takes one step; false when none is left, and then the search ends without a finding. */
    boolean take() {
        if (left <= 0) {
            ranOut = true;
            return false;
        }
        left--;
        return true;
    }

    /** Whether a search ended for lack of steps, so that "no place found" may be wrong. */
    boolean ranOut() {
        return ranOut;
    }
}
