package io.mlengine.core.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.scheduling.RunningGang;
import io.mlengine.spi.backend.ExternalGang;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.NodeConstraints;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Resources;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExternalEntryTest {
    private static final int SIZE = 4;
    private static final Resources ONE_GPU = Resources.builder().gpus(1).build();
    private static final NodeConstraints SELECTED =
            NodeConstraints.builder().putSelector("zone", "a").build();

    /** As a backend tells it: what has a node wishes for none any more. */
    private static ExternalGang gang(int seated) {
        return gang(seated, SIZE);
    }

    private static ExternalGang gang(int seated, int present) {
        List<ExternalGang.Member> members = new ArrayList<>();
        for (int i = 0; i < present; i++) {
            members.add(
                    i < seated
                            ? new ExternalGang.Member(
                                    "member-" + i, ONE_GPU, NodeConstraints.NONE, Optional.of("node-" + i), false)
                            : new ExternalGang.Member("member-" + i, ONE_GPU, SELECTED, Optional.empty(), false));
        }
        return ExternalGang.builder()
                .id(JobId.of("gang"))
                .name("gang")
                .createdAt(Instant.EPOCH)
                .size(SIZE)
                .members(members)
                .build();
    }

    @Test
    void whatIsHeldStaysTheSameWhileOrderedPlacesAreTaken() {
        ExternalEntry entry = new ExternalEntry(gang(0), 1, 2);
        Placement placement = new Placement(IntStream.range(0, SIZE)
                .mapToObj(i -> new Placement.Slot(new ReplicaKey("kind-0", i), "node-" + i, List.of()))
                .toList());
        entry.choose(placement, Instant.EPOCH);
        RunningGang ordered = entry.holding().orElseThrow();

        for (int seated = 1; seated <= SIZE; seated++) {
            entry.reported(gang(seated));
            assertThat(entry.holding()).as("%d of them there", seated).contains(ordered);
        }
        entry.settled();
        assertThat(entry.holding()).contains(ordered);
        assertThat(entry.pending()).isEmpty();
    }

    @Test
    void aReasonIsToldOnceToWhoWaitsAndAgainToWhoComesLater() {
        ExternalEntry entry = new ExternalEntry(gang(SIZE), 1, 2);
        entry.reported(gang(SIZE - 1));
        assertThat(entry.saysAnew("no room")).isTrue();
        entry.reported(gang(SIZE - 1));
        assertThat(entry.saysAnew("no room")).isFalse();

        entry.reported(gang(SIZE - 1, SIZE - 1));
        entry.reported(gang(SIZE - 1));
        assertThat(entry.saysAnew("no room")).isTrue();
    }
}
