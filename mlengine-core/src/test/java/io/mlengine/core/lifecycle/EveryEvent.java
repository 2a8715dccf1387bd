package io.mlengine.core.lifecycle;

import io.mlengine.core.job.JobRecord;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.backend.Reservation;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaId;
import java.util.List;

/** One event of each type, of an attempt that is none, so that whatever can be ignored is. */
final class EveryEvent {
    private static final AttemptId NONE = new AttemptId(JobDriver.ID, 1_000_000);

    private EveryEvent() {}

    static List<JobEvent> of(JobRecord record) {
        return List.of(
                new JobEvent.Accept(),
                new JobEvent.Grant(Placement.EMPTY),
                new JobEvent.Reserved(NONE, 0, new Reservation(List.of())),
                new JobEvent.OrderFailed(NONE, FailureClass.USER, "None", ""),
                new JobEvent.ReplicaChanged(ReplicaStatus.builder()
                        .id(new ReplicaId(NONE, "worker", 0, 0))
                        .revision(1)
                        .state(ReplicaState.READY)
                        .build()),
                new JobEvent.Wake(),
                new JobEvent.Progressed(NONE),
                new JobEvent.Suspend(),
                new JobEvent.Resume(),
                new JobEvent.Preempt(""),
                ResizingTest.resize(record.size("worker") == 1 ? 2 : 1),
                new JobEvent.Cancel(""),
                new JobEvent.Delete(),
                new JobEvent.Removed());
    }
}
