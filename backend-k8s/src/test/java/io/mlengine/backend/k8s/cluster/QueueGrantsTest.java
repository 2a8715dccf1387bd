package io.mlengine.backend.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewSpec;
import io.mlengine.backend.k8s.pod.QueueRight;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class QueueGrantsTest {
    private final Queue<Runnable> work = new ArrayDeque<>();
    private final List<Set<String>> changed = new ArrayList<>();
    private final List<SubjectAccessReviewSpec> asked = new ArrayList<>();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    private boolean isDown;
    private boolean isAllowed;
    private final QueueGrants grants = new QueueGrants(this::mayUse, changed::add, work::add, now::get);

    private boolean mayUse(SubjectAccessReviewSpec who, String namespace, String queue) {
        asked.add(who);
        if (isDown) {
            throw new IllegalStateException("down");
        }
        return isAllowed && queue.equals("research") && namespace.equals("team");
    }

    private QueueRight right() {
        return grants.of("team", "bot", "research");
    }

    private void answer() {
        while (!work.isEmpty()) {
            work.remove().run();
        }
    }

    private void pass(long seconds) {
        now.set(now.get().plusSeconds(seconds));
    }

    @Test
    void theAccountOfThePodsIsAskedAboutOnceAndThePodsAreLookedAtAgain() {
        isAllowed = true;
        assertThat(right()).isEqualTo(QueueRight.ASKED);
        assertThat(right()).isEqualTo(QueueRight.ASKED);
        answer();

        assertThat(right()).isEqualTo(QueueRight.ALLOWED);
        assertThat(asked).singleElement().satisfies(who -> {
            assertThat(who.getUser()).isEqualTo("system:serviceaccount:team:bot");
            assertThat(who.getGroups())
                    .containsExactly("system:serviceaccounts", "system:serviceaccounts:team", "system:authenticated");
        });
        assertThat(changed).containsExactly(Set.of("team"));
    }

    @Test
    void aRefusalNamesTheAccountTheQueueAndTheRightAndEndsWhenItIsGranted() {
        right();
        answer();
        assertThat(right().why())
                .isEqualTo("service account bot may not use queue research: grant it `use` on"
                        + " mlqueues.mlengine.io/research, or take the label away");

        isAllowed = true;
        pass(30);
        changed.clear();
        grants.look();
        assertThat(changed).containsExactly(Set.of("team"));
        assertThat(right().kind()).isEqualTo(QueueRight.Kind.REFUSED);
        answer();
        assertThat(right()).isEqualTo(QueueRight.ALLOWED);
        assertThat(changed).hasSize(2);
    }

    @Test
    void whatIsTakenAwayCountsNoMoreAfterHalfAMinute() {
        isAllowed = true;
        right();
        answer();
        isAllowed = false;
        pass(29);
        right();
        assertThat(work).isEmpty();
        pass(1);
        right();
        answer();
        assertThat(right().kind()).isEqualTo(QueueRight.Kind.REFUSED);
    }

    @Test
    void aFaultTakesNothingAwayGrantsNothingAndIsTriedAgain() {
        isDown = true;
        right();
        answer();
        assertThat(right().kind()).isEqualTo(QueueRight.Kind.UNKNOWN);
        assertThat(right().why()).contains("did not say whether service account bot may use queue research");

        isDown = false;
        isAllowed = true;
        pass(5);
        right();
        answer();
        assertThat(right()).isEqualTo(QueueRight.ALLOWED);

        isDown = true;
        pass(30);
        right();
        answer();
        assertThat(right()).isEqualTo(QueueRight.ALLOWED);
    }

    @Test
    void whatNobodyNeedsIsForgotten() {
        right();
        answer();
        pass(301);
        changed.clear();
        grants.look();
        assertThat(changed).isEmpty();
        assertThat(right()).isEqualTo(QueueRight.ASKED);
    }
}
