package io.mlengine.core.admission;

import com.google.common.collect.HashMultimap;
import com.google.common.collect.SetMultimap;
import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.Device;
import io.mlengine.spi.model.GpuRequest;
import io.mlengine.spi.model.Node;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Settles wishes for GPUs that a job can do without. It is decided once, at submit, by what the nodes have and not by
 * what is free: a job that can use GPUs waits for them where there are enough.
 */
public final class OptionalGpus {
    private final List<Node> nodes;
    private final SetMultimap<String, String> takenByNode = HashMultimap.create();

    private OptionalGpus(List<Node> nodes) {
        this.nodes = nodes;
    }

    /**
     * Whether the nodes decide what a job asks for.
     *
     * @param train the job
     * @return true if one of its roles can work without the GPUs that it asks for
     */
    public static boolean any(MLTrain train) {
        return train.roles().stream().anyMatch(role -> wish(role).isPresent());
    }

    /**
     * Drops the optional wishes of roles whose least number of replicas the nodes could never all give GPUs, even when
     * nothing else ran on them: all replicas of a role have GPUs, or none has.
     *
     * @param train the job
     * @param nodes the nodes
     * @return the job that asks only for what exists; the same instance when nothing was dropped
     */
    public static MLTrain settled(MLTrain train, List<Node> nodes) {
        OptionalGpus gpus = new OptionalGpus(nodes);
        // What a role cannot do without comes first.
        train.roles().stream().filter(role -> wish(role).isEmpty()).forEach(gpus::take);
        List<Role> roles = new ArrayList<>();
        boolean changed = false;
        for (Role role : train.roles()) {
            boolean dropped = wish(role).isPresent() && !gpus.take(role);
            changed |= dropped;
            roles.add(dropped ? withoutGpus(role) : role);
        }
        return changed ? MLTrain.builder().from(train).roles(roles).build() : train;
    }

    private static Optional<GpuRequest> wish(Role role) {
        return role.resources().gpus().filter(GpuRequest::optional);
    }

    private static Role withoutGpus(Role role) {
        Resources resources = Resources.builder()
                .from(role.resources())
                .gpus(Optional.empty())
                .build();
        return Role.builder().from(role).resources(resources).build();
    }

    /** Gives a role's replicas their GPUs, if there are enough for all; else nothing is taken. */
    private boolean take(Role role) {
        GpuRequest request = role.resources().gpus().orElse(null);
        if (request == null || request.count() <= 0) {
            return true;
        }
        int missing = role.least();
        SetMultimap<String, String> found = HashMultimap.create();
        for (Node node : nodes) {
            if (missing > 0 && role.nodes().refusal(node).isEmpty()) {
                List<String> free = free(node, request);
                int replicas = Math.min(free.size() / request.count(), missing);
                found.putAll(node.name(), free.subList(0, replicas * request.count()));
                missing -= replicas;
            }
        }
        if (missing == 0) {
            takenByNode.putAll(found);
        }
        return missing == 0;
    }

    private List<String> free(Node node, GpuRequest request) {
        return node.devices().stream()
                .filter(device -> fits(device, request))
                .map(Device::id)
                .filter(id -> !takenByNode.containsEntry(node.name(), id))
                .toList();
    }

    private static boolean fits(Device device, GpuRequest request) {
        return device.availability() != Device.Availability.UNUSABLE
                && device.migProfile().equals(request.migProfile())
                && contains(device.model(), request.model().orElse(""))
                && device.memoryBytes() >= request.memoryBytes().orElse(0);
    }

    private static boolean contains(String model, String wish) {
        return model.toLowerCase(Locale.ROOT).contains(wish.toLowerCase(Locale.ROOT));
    }
}
