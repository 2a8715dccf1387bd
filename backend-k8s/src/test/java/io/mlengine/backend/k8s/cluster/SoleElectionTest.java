package io.mlengine.backend.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SoleElectionTest {
    private final VirtualTime time = new VirtualTime();
    private final List<String> heard = new ArrayList<>();

    private SoleElection started() {
        SoleElection election = new SoleElection(time, Runnable::run);
        election.start(new LeadershipListener() {
            @Override
            public void gained(long token) {
                heard.add("gained " + token);
            }

            @Override
            public void lost(String reason) {
                heard.add("lost: " + election.leadership().isHeld());
            }
        });
        return election;
    }

    @Test
    void leadsFromTheStartUntilItIsClosed() {
        SoleElection election = started();
        assertThat(election.leadership().isHeld()).isTrue();

        election.close();
        election.close();

        assertThat(heard).containsExactly("gained " + VirtualTime.START.getEpochSecond(), "lost: false");
        assertThat(election.leadership().heldUntil()).isEmpty();
    }

    @Test
    void aLaterProcessHasAHigherToken() {
        long before = started().leadership().token();
        time.advance(Duration.ofSeconds(1));

        assertThat(started().leadership().token()).isGreaterThan(before);
    }
}
