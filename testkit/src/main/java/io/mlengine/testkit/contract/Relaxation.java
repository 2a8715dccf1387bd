package io.mlengine.testkit.contract;

import io.mlengine.core.scheduling.BlockingReason;
import io.mlengine.core.scheduling.GangRole;
import io.mlengine.core.scheduling.PendingGang;
import io.mlengine.spi.model.NodeConstraints;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Toleration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Makes the world in which some reasons do not hold. */
final class Relaxation {
    private static final NodeConstraints ANY_NODE = NodeConstraints.builder()
            .addToleration(new Toleration("", Toleration.Operator.EXISTS, "", Optional.empty()))
            .build();

    private Relaxation() {}

    /** The gang without what the reasons name. */
    static PendingGang lift(PendingGang gang, List<BlockingReason> reasons) {
        List<GangRole> roles = new ArrayList<>();
        for (GangRole role : gang.roles()) {
            Resources resources = role.resources();
            for (BlockingReason reason : reasons) {
                resources = isAboutNearness(reason) ? resources : without(resources, reason);
            }
            boolean isKeptOff = reasons.stream().noneMatch(reason -> isRefusal(reason, role));
            NodeConstraints nodes = isKeptOff ? role.nodes() : ANY_NODE;
            roles.add(new GangRole(role.name(), role.count(), role.least(), role.most(), resources, nodes));
        }
        boolean isNear = reasons.stream().noneMatch(Relaxation::isAboutNearness);
        return PendingGang.builder()
                .from(gang)
                .roles(roles)
                .topology(isNear ? gang.topology() : Optional.empty())
                .build();
    }

    static boolean keepsLimits(List<BlockingReason> reasons) {
        return reasons.stream().noneMatch(reason -> reason.code() == BlockingReason.Code.QUEUE_LIMIT);
    }

    /** All limits of the queues are one constraint, whichever is named. */
    static boolean isSameConstraint(BlockingReason one, BlockingReason other) {
        return one.equals(other) || one.code() == other.code() && one.code() == BlockingReason.Code.QUEUE_LIMIT;
    }

    private static boolean isRefusal(BlockingReason reason, GangRole role) {
        return reason.code() == BlockingReason.Code.NODES_REFUSE
                && (reason.where().isEmpty()
                        || List.of(reason.where().split(", ")).contains(role.name()));
    }

    static boolean isAboutNearness(BlockingReason reason) {
        return reason.code() == BlockingReason.Code.NO_ROOM_IN_ONE_DOMAIN;
    }

    private static Resources without(Resources resources, BlockingReason reason) {
        if (reason.code() == BlockingReason.Code.QUEUE_LIMIT) {
            return resources;
        }
        SortedMap<String, Long> extended = new TreeMap<>(resources.extended());
        extended.remove(reason.dimension());
        Resources.Builder builder = Resources.builder().extended(extended);
        builder.cpuMillis(reason.dimension().equals("cpuMillis") ? 0 : resources.cpuMillis());
        builder.memoryBytes(reason.dimension().equals("memoryBytes") ? 0 : resources.memoryBytes());
        if (!reason.dimension().startsWith("gpus")) {
            builder.gpus(resources.gpus());
        }
        return builder.build();
    }
}
