package io.mlengine.core.lifecycle;

import io.mlengine.core.job.FailureCause;
import io.mlengine.core.lifecycle.Gang.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the snapshot of a live attempt means for the job.
 *
 * @param kind what to do
 * @param reason short word for {@link Kind#FAIL}
 * @param failure the failure that led to it; empty for {@link Kind#STAY}, {@link Kind#SETTLE}, {@link Kind#SUCCEED} and
 *     for a goal that was out of reach from the start
 */
record Verdict(Kind kind, String reason, Optional<Failure> failure) {
    /** What to do. */
    enum Kind {
        /** Nothing. */
        STAY,
        /** Wait a moment for what may have happened in the same instant. */
        SETTLE,
        /** The job has succeeded. */
        SUCCEED,
        /** The job has failed. */
        FAIL,
        /** Start the whole gang again, as a new attempt. */
        RESTART_GROUP,
        /** Start the failed replica again, or its role, inside the attempt. */
        RESTART_IN_PLACE
    }

    private static final Verdict STAY = new Verdict(Kind.STAY, "", Optional.empty());
    private static final Verdict SETTLE = new Verdict(Kind.SETTLE, "", Optional.empty());
    private static final Verdict SUCCEED = new Verdict(Kind.SUCCEED, "", Optional.empty());

    Optional<FailureCause> cause() {
        return failure.map(Failure::cause);
    }

    /**
     * Decides on one snapshot. What ranks higher (a stored outcome, a user's wish, the deadline) has been looked at
     * before; here a permanent failure of a critical role ranks before success when it came first, success before a
     * retryable failure. The first failure counts for all: what dies of it does not change the class.
     *
     * @param gang the snapshot
     * @param settled whether the settle window is over, so that nothing more is waited for
     * @return the verdict
     */
    static Verdict of(Gang gang, boolean settled) {
        Goal goal = Goal.of(gang);
        List<Failure> failures = Failure.of(gang);
        if (goal.isMet()) {
            if (!settled && mayStillFail(gang, goal)) {
                return SETTLE;
            }
            return failures.stream()
                    .filter(failure -> failure.isCritical()
                            && !goal.isTolerant(failure.member().role()))
                    .findFirst()
                    .filter(first -> first.isPermanent() && first.at().isBefore(goal.metAt()))
                    .map(first -> fail(first, first.cause().reason()))
                    .orElse(SUCCEED);
        }
        Verdict verdict = ofFailures(gang, goal, failures);
        boolean ends = verdict.kind == Kind.FAIL || verdict.kind == Kind.RESTART_GROUP;
        return ends && !settled && goal.isWithinReach() ? SETTLE : verdict;
    }

    private static boolean mayStillFail(Gang gang, Goal goal) {
        return gang.members().stream()
                .filter(Member::hasProcess)
                .anyMatch(member -> member.role().critical() && !goal.isTolerant(member.role()));
    }

    private static Verdict ofFailures(Gang gang, Goal goal, List<Failure> failures) {
        List<Failure> replaceable = new ArrayList<>();
        for (Failure failure : failures) {
            boolean harmless = !failure.isCritical()
                    || goal.toleratesFailureIn(failure.member().role());
            boolean inPlace = !failure.isPermanent() && isReplaceable(gang, failure);
            if (inPlace && !isExhausted(gang, failure)) {
                replaceable.add(failure);
            } else if (!harmless) {
                return whole(gang, failure);
            }
        }
        if (!replaceable.isEmpty()) {
            return new Verdict(Kind.RESTART_IN_PLACE, "", Optional.of(replaceable.get(0)));
        }
        if (!goal.isPossible()) {
            Optional<Failure> first = failures.stream()
                    .filter(failure -> failure.member().role().tracked())
                    .findFirst();
            return new Verdict(Kind.FAIL, Reason.SUCCESS_UNREACHABLE, first);
        }
        return STAY;
    }

    /** Ends or restarts the whole gang because of its first failure that matters. */
    private static Verdict whole(Gang gang, Failure failure) {
        if (failure.isPermanent()) {
            return fail(failure, failure.cause().reason());
        }
        return isExhausted(gang, failure)
                ? fail(failure, Restarts.exhaustedReason(failure.cause().failureClass()))
                : new Verdict(Kind.RESTART_GROUP, failure.cause().reason(), Optional.of(failure));
    }

    private static Verdict fail(Failure failure, String reason) {
        return new Verdict(Kind.FAIL, reason, Optional.of(failure));
    }

    private static boolean isExhausted(Gang gang, Failure failure) {
        return Budget.of(failure.cause().failureClass())
                .map(budget -> budget.isExhausted(gang.record()))
                .orElse(true);
    }

    /**
     * Tells whether only the replica or its role is started again. An elastic role must keep its least size without the
     * one that failed, and once one of its members has done its work the others cannot be joined any more.
     */
    private static boolean isReplaceable(Gang gang, Failure failure) {
        return switch (failure.scope()) {
            case GROUP -> false;
            case ROLE -> true;
            case REPLICA -> !failure.member().role().isElastic() || isElasticEnough(gang, failure);
        };
    }

    private static boolean isElasticEnough(Gang gang, Failure failure) {
        List<Member> role = gang.of(failure.member().role());
        long left = role.stream()
                .filter(member -> !member.hasFailed() && !member.comesBack())
                .count();
        return left >= failure.member().role().least() && role.stream().noneMatch(Member::hasSucceeded);
    }
}
