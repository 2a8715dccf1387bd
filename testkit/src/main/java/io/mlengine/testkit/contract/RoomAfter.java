package io.mlengine.testkit.contract;

import io.mlengine.core.scheduling.BlockingReason;
import io.mlengine.core.scheduling.ClusterState;
import io.mlengine.core.scheduling.Gang;
import io.mlengine.core.scheduling.PendingGang;
import io.mlengine.core.scheduling.Plan;
import io.mlengine.core.scheduling.RunningGang;
import io.mlengine.testkit.cluster.ClusterLedger;
import io.mlengine.testkit.cluster.PlacementOracle;
import io.mlengine.testkit.cluster.QueueLedger;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What can be given away after a plan: what is free, less what earmarks keep beyond what is coming free. */
final class RoomAfter {
    private final Set<String> perReplica;
    private final ClusterLedger free;
    private final QueueLedger queues;
    private final QueueLedger queuesLater;

    private RoomAfter(Set<String> perReplica, ClusterLedger free, QueueLedger queues, QueueLedger queuesLater) {
        this.perReplica = perReplica;
        this.free = free;
        this.queues = queues;
        this.queuesLater = queuesLater;
    }

    static RoomAfter of(ClusterState after, List<Plan.Earmark> earmarks) {
        ClusterLedger free = ClusterLedger.of(after);
        ClusterLedger later = ClusterLedger.afterDraining(after);
        QueueLedger queuesLater = QueueLedger.of(after);
        after.running().stream().filter(RunningGang::draining).forEach(queuesLater::giveBack);
        for (Plan.Earmark earmark : earmarks) {
            PendingGang beneficiary = after.pending().stream()
                    .filter(gang -> gang.id().equals(earmark.beneficiary()))
                    .findFirst()
                    .orElseThrow();
            later.take(beneficiary, earmark.room());
            queuesLater.take(beneficiary, earmark.room(), 1);
        }
        free.capBy(later);
        Set<String> perReplica = new TreeSet<>();
        after.nodes().forEach(node -> perReplica.addAll(node.perReplica()));
        return new RoomAfter(perReplica, free, QueueLedger.of(after), queuesLater);
    }

    /** The same room in nodes that have plenty of what each replica takes and these reasons say is short. */
    RoomAfter lifting(List<BlockingReason> reasons) {
        Set<String> lifted = new TreeSet<>();
        reasons.stream()
                .filter(reason -> !Relaxation.isAboutNearness(reason))
                .map(BlockingReason::dimension)
                .filter(perReplica::contains)
                .forEach(lifted::add);
        return new RoomAfter(perReplica, free.lifting(lifted), queues, queuesLater);
    }

    boolean canStart(Gang gang) {
        return canStart(gang, gang, true);
    }

    /** The gang on the nodes, another with the same roles in the queue, whose limits may be left out. */
    boolean canStart(Gang gang, Gang charged, boolean isLimited) {
        return PlacementOracle.canStart(
                gang,
                charged,
                free,
                replicas -> !isLimited
                        || queues.fits(charged.queue(), replicas) && queuesLater.fits(charged.queue(), replicas));
    }
}
