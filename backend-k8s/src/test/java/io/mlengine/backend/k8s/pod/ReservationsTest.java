package io.mlengine.backend.k8s.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.spi.backend.Reservation;
import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaKey;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReservationsTest {
    private static final JobOwner OWNER = new JobOwner("mlengine.io/v1", "MLTrain", "team", "bert", "7d9f");
    private static final AttemptId ATTEMPT = new AttemptId(JobId.of("job-7d9f"), 2);
    private static final ReplicaKey FIRST = new ReplicaKey("worker", 0);
    private static final ReplicaKey SECOND = new ReplicaKey("worker", 1);

    @Test
    void eachPodHasItsPreferredPortsAndOneThatIsTakenMovesOn() {
        Needs needs = new Needs(List.of(
                new Needs.Port(FIRST, "main", 29500),
                new Needs.Port(FIRST, "debug", 29500),
                new Needs.Port(SECOND, "main", 29500),
                new Needs.Port(new ReplicaKey("worker", 7), "main", 29500)));
        Placement placement = new Placement(
                List.of(new Placement.Slot(FIRST, "n1", List.of()), new Placement.Slot(SECOND, "n2", List.of())));
        Reservation reservation = Reservations.of(OWNER, ATTEMPT, placement, needs);
        assertThat(reservation.endpoints()).hasSize(2);
        assertThat(reservation.endpoint(FIRST).orElseThrow().host()).isEqualTo("bert-worker-0-a2.bert.team.svc");
        assertThat(reservation.endpoint(FIRST).orElseThrow().ports()).isEqualTo(Map.of("main", 29500, "debug", 29501));
        assertThat(reservation.endpoint(SECOND).orElseThrow().ports()).isEqualTo(Map.of("main", 29500));
        assertThat(Reservations.of(OWNER, ATTEMPT, placement, needs)).isEqualTo(reservation);
    }
}
