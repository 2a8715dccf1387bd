package io.mlengine.backend.k8s.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class CachedQueueAccessTest {
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    private volatile boolean isAllowed = true;
    private final CachedQueueAccess access = new CachedQueueAccess(
            (user, namespace, queue) -> {
                asked.incrementAndGet();
                return isAllowed;
            },
            now::get,
            Duration.ofSeconds(5));

    @Test
    void anAnswerCountsForSomeSeconds() {
        access.mayUse(Samples.ANN, "team-a", "q");
        isAllowed = false;

        assertThat(access.mayUse(Samples.ANN, "team-a", "q")).isTrue();
        now.set(now.get().plusSeconds(5));
        assertThat(access.mayUse(Samples.ANN, "team-a", "q")).isFalse();
        assertThat(asked).hasValue(2);
    }

    @Test
    void othersOtherQueuesAndOtherNamespacesAreAskedFor() {
        Requester other = new Requester("ann", "u-1", List.of("team-b"), Map.of());
        access.mayUse(Samples.ANN, "team-a", "q");
        access.mayUse(other, "team-a", "q");
        access.mayUse(Samples.ANN, "team-a", "r");
        access.mayUse(Samples.ANN, "team-b", "q");

        assertThat(asked).hasValue(4);
    }

    @Test
    void aFailureIsNotRemembered() {
        AtomicInteger calls = new AtomicInteger();
        CachedQueueAccess failing = new CachedQueueAccess(
                (user, namespace, queue) -> {
                    if (calls.incrementAndGet() == 1) {
                        throw new IllegalStateException("down");
                    }
                    return true;
                },
                now::get,
                Duration.ofSeconds(5));

        assertThatThrownBy(() -> failing.mayUse(Samples.ANN, "team-a", "q")).isInstanceOf(IllegalStateException.class);
        assertThat(failing.mayUse(Samples.ANN, "team-a", "q")).isTrue();
    }

    @Test
    void theOldestAnswersAreForgotten() {
        for (int i = 0; i < 1_001; i++) {
            access.mayUse(Samples.ANN, "team-a", "q" + i);
        }
        access.mayUse(Samples.ANN, "team-a", "q1000");
        assertThat(asked).hasValue(1_001);
        access.mayUse(Samples.ANN, "team-a", "q0");
        assertThat(asked).hasValue(1_002);
    }
}
