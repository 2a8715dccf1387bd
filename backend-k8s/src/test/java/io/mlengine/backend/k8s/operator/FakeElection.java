package io.mlengine.backend.k8s.operator;

import io.mlengine.backend.k8s.cluster.Election;
import io.mlengine.backend.k8s.cluster.Leadership;
import io.mlengine.backend.k8s.cluster.LeadershipListener;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An election whose outcome the test decides. */
final class FakeElection implements Election {
    private final List<String> happened;
    private @Nullable LeadershipListener listener;
    private long token;
    private boolean held;

    /** An election that notes when it is closed. */
    FakeElection(List<String> happened) {
        this.happened = happened;
    }

    void win() {
        held = true;
        token++;
        hears().gained(token);
    }

    /** The lease runs out, and nobody has told yet. */
    void expire() {
        held = false;
    }

    void lose() {
        held = false;
        hears().lost("the test says so");
    }

    private LeadershipListener hears() {
        if (listener == null) {
            throw new IllegalStateException("not started");
        }
        return listener;
    }

    @Override
    public Leadership leadership() {
        return new Leadership() {
            @Override
            public boolean isHeld() {
                return held;
            }

            @Override
            public long token() {
                return token;
            }

            @Override
            public Optional<Instant> heldUntil() {
                return held ? Optional.of(Instant.EPOCH) : Optional.empty();
            }
        };
    }

    @Override
    public void start(LeadershipListener hears) {
        listener = hears;
    }

    @Override
    public void close() {
        if (held) {
            lose();
        }
        happened.add("lease given up");
    }
}
