package io.mlengine.core.admission;

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
 * what is free: a job that can use GPUs waits for them where there are any.
 */
public final class OptionalGpus {
    private OptionalGpus() {}

    /**
     * Drops optional wishes that no node on which the role may be placed can ever meet.
     *
     * @param train the job
     * @param nodes the nodes
     * @return the job that asks only for what exists; the same instance when nothing was dropped
     */
    public static MLTrain settled(MLTrain train, List<Node> nodes) {
        List<Role> roles = new ArrayList<>();
        boolean changed = false;
        for (Role role : train.roles()) {
            Optional<GpuRequest> wish = role.resources().gpus().filter(GpuRequest::optional);
            boolean dropped = wish.isPresent()
                    && nodes.stream()
                            .filter(node -> role.nodes().refusal(node).isEmpty())
                            .noneMatch(node -> offers(node, wish.get()));
            changed |= dropped;
            roles.add(dropped ? withoutGpus(role) : role);
        }
        return changed ? MLTrain.builder().from(train).roles(roles).build() : train;
    }

    private static Role withoutGpus(Role role) {
        Resources resources = Resources.builder()
                .from(role.resources())
                .gpus(Optional.empty())
                .build();
        return Role.builder().from(role).resources(resources).build();
    }

    private static boolean offers(Node node, GpuRequest wish) {
        return node.devices().stream()
                        .filter(device -> device.availability() != Device.Availability.UNUSABLE)
                        .filter(device -> device.migProfile().equals(wish.migProfile()))
                        .filter(device -> contains(device.model(), wish.model().orElse("")))
                        .filter(device ->
                                device.memoryBytes() >= wish.memoryBytes().orElse(0))
                        .count()
                >= wish.count();
    }

    private static boolean contains(String model, String wish) {
        return model.toLowerCase(Locale.ROOT).contains(wish.toLowerCase(Locale.ROOT));
    }
}
