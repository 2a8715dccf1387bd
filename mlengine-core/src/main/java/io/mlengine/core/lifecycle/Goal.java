package io.mlengine.core.lifecycle;

import io.mlengine.core.job.SuccessPolicy;
import io.mlengine.core.lifecycle.Gang.Member;
import io.mlengine.spi.model.Deciders;
import io.mlengine.spi.model.Role;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;

/**
 * What the job must reach to have succeeded, held against a snapshot of the gang.
 *
 * <p>The deciders decide; without any, all tracked replicas do. Fewer suffice in three cases: {@code minSucceeded} of the
 * tracked ones as soon as they have ended well; with a gang minimum below the gang's size, that many when all deciders
 * have ended; and failed deciders of roles that are not critical are not missed as long as one decider ended well.
 */
final class Goal {
    private final Gang gang;
    private final OptionalInt early;
    private final OptionalInt gangMinimum;
    private final List<Member> deciders;
    private final int succeeded;
    private final int open;
    private final int needed;

    private Goal(Gang gang) {
        SuccessPolicy policy = gang.record().train().success();
        OptionalInt minimum = gang.record().train().scheduling().gangMinimum();
        this.gang = gang;
        this.early = policy.minSucceeded();
        this.gangMinimum =
                minimum.isPresent() && minimum.getAsInt() < gang.members().size() ? minimum : OptionalInt.empty();
        this.deciders = deciders(gang, policy);
        this.succeeded = (int) deciders.stream().filter(Member::hasSucceeded).count();
        int failed = (int) deciders.stream().filter(Member::hasFailed).count();
        this.open = deciders.size() - succeeded - failed;
        this.needed = early.orElseGet(() -> neededWhenAllEnded());
    }

    static Goal of(Gang gang) {
        return new Goal(gang);
    }

    private static List<Member> deciders(Gang gang, SuccessPolicy policy) {
        boolean byRole = policy.rule() == SuccessPolicy.Rule.DECIDERS
                && policy.minSucceeded().isEmpty();
        List<Member> named =
                byRole ? gang.members().stream().filter(Goal::decides).toList() : List.of();
        if (!named.isEmpty()) {
            return named;
        }
        List<Member> tracked = gang.members().stream()
                .filter(member -> member.role().tracked())
                .toList();
        return tracked.isEmpty() ? gang.members() : tracked;
    }

    private static boolean decides(Member member) {
        return switch (member.role().deciders().orElse(Deciders.NONE)) {
            case NONE -> false;
            case FIRST -> member.key().index() == 0;
            case ALL -> true;
        };
    }

    private int neededWhenAllEnded() {
        int notMissed = (int) deciders.stream()
                .filter(member -> member.hasFailed() && !member.role().critical())
                .count();
        int wanted = gangMinimum.isPresent() ? Math.min(gangMinimum.getAsInt(), deciders.size()) : deciders.size();
        return Math.max(1, wanted - notMissed);
    }

    boolean isMet() {
        return succeeded >= needed && (early.isPresent() || open == 0);
    }

    /** The instant at which it was met. */
    Instant metAt() {
        List<Instant> ends = deciders.stream()
                .filter(Member::hasSucceeded)
                .map(member -> member.endedAt().orElse(Instant.MAX))
                .sorted(Comparator.naturalOrder())
                .toList();
        return ends.get(early.isPresent() ? needed - 1 : ends.size() - 1);
    }

    /** Tells whether it can still be met in this attempt. */
    boolean isPossible() {
        return succeeded + open >= needed;
    }

    /** Tells whether it may have been met just now by programs whose end has not been reported yet. */
    boolean isWithinReach() {
        int running = (int) deciders.stream().filter(Member::hasProcess).count();
        return succeeded + running >= needed && (early.isPresent() || running == open);
    }

    /** Tells whether failures of tracked replicas are no harm while the goal is possible. */
    boolean isTolerant(Role role) {
        return role.tracked() && (early.isPresent() || gangMinimum.isPresent());
    }

    /** Tells whether the attempt may go on without a member of this role that has failed. */
    boolean toleratesFailureIn(Role role) {
        if (!isTolerant(role) || !isPossible()) {
            return false;
        }
        if (early.isPresent()) {
            return true;
        }
        long failed = gang.members().stream()
                .filter(member -> member.hasFailed() && member.role().tracked())
                .count();
        return failed <= gang.members().size() - gangMinimum.getAsInt();
    }
}
