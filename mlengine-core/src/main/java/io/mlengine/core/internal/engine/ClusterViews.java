package io.mlengine.core.internal.engine;

import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.JobRecord;
import io.mlengine.spi.backend.Reservation;
import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.model.Device;
import io.mlengine.spi.model.Node;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Makes the launcher's view of an attempt from its placement and reservation. */
final class ClusterViews {
    private ClusterViews() {}

    static ClusterView of(JobRecord record, Attempt attempt, Placement placement, Map<String, Node> nodes) {
        Reservation reservation = attempt.reservation()
                .orElseThrow(() -> new IllegalStateException("attempt " + attempt.id() + " has no reservation"));
        List<ClusterView.Member> members = new ArrayList<>();
        for (Role role : record.train().roles()) {
            for (int index = 0; index < role.most() || index < record.size(role.name()); index++) {
                ReplicaKey key = new ReplicaKey(role.name(), index);
                placement.slot(key).ifPresent(slot -> members.add(member(slot, role, reservation, nodes)));
            }
        }
        return ClusterView.builder()
                .attempt(attempt.id())
                .epoch(attempt.epoch())
                .job(record.shape())
                .members(members)
                .build();
    }

    private static ClusterView.Member member(
            Placement.Slot slot, Role role, Reservation reservation, Map<String, Node> nodes) {
        Reservation.Endpoint endpoint = reservation
                .endpoint(slot.key())
                .orElseThrow(() -> new IllegalStateException("no endpoint reserved for " + slot.key()));
        Node node = nodes.get(slot.node());
        List<Device> devices = node == null
                ? List.of()
                : slot.devices().stream()
                        .flatMap(id -> node.devices().stream()
                                .filter(device -> device.id().equals(id)))
                        .toList();
        return new ClusterView.Member(
                slot.key(),
                endpoint.host(),
                endpoint.ports(),
                devices,
                role.resources().gpuCount());
    }
}
