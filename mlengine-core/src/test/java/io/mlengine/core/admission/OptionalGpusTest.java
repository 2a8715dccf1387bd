package io.mlengine.core.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.Device;
import io.mlengine.spi.model.GpuRequest;
import io.mlengine.spi.model.Node;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OptionalGpusTest {
    private static Node node(String name, int gpus) {
        return Node.builder()
                .name(name)
                .cpuMillis(8000)
                .memoryBytes(1L << 34)
                .devices(IntStream.range(0, gpus)
                        .mapToObj(i -> Device.builder()
                                .id("gpu-" + i)
                                .index(i)
                                .model("NVIDIA H100")
                                .build())
                        .toList())
                .build();
    }

    private static Role.Builder role(String name, int replicas, int gpus, boolean optional) {
        return Role.named(name)
                .replicas(replicas)
                .command("train")
                .resources(Resources.builder()
                        .gpus(GpuRequest.builder()
                                .count(gpus)
                                .optional(optional)
                                .build())
                        .build());
    }

    private static MLTrain train(Role.Builder... roles) {
        MLTrain.Builder train = MLTrain.named("digits").framework("plain");
        for (Role.Builder role : roles) {
            train.addRole(role.build());
        }
        return train.build();
    }

    private static List<Boolean> haveGpus(MLTrain train, Node... nodes) {
        return OptionalGpus.settled(train, List.of(nodes)).roles().stream()
                .map(role -> role.resources().gpus().isPresent())
                .toList();
    }

    @Test
    void aWishThatAllReplicasCanHaveStays() {
        MLTrain train = train(role("worker", 2, 1, true));

        assertThat(OptionalGpus.settled(train, List.of(node("a", 2)))).isSameAs(train);
        assertThat(OptionalGpus.settled(train, List.of(node("a", 1), node("b", 1))))
                .isSameAs(train);
    }

    @Test
    void twoReplicasOnAMachineWithOneGpuRunWithout() {
        assertThat(haveGpus(train(role("worker", 2, 1, true)), node("a", 1))).containsExactly(false);
        assertThat(haveGpus(train(role("worker", 2, 2, true)), node("a", 3), node("b", 1)))
                .containsExactly(false);
    }

    @Test
    void aRoleThatMayStartSmallerNeedsItsLeastNumber() {
        assertThat(haveGpus(train(role("worker", 4, 1, true).minReplicas(1)), node("a", 1)))
                .containsExactly(true);
    }

    @Test
    void rolesDoNotCountTheSameGpusTwiceAndWhatMustHaveThemComesFirst() {
        assertThat(haveGpus(train(role("helper", 1, 1, true), role("worker", 2, 1, false)), node("a", 2)))
                .containsExactly(false, true);
        assertThat(haveGpus(train(role("helper", 1, 1, true), role("worker", 2, 1, true)), node("a", 2)))
                .containsExactly(true, false);
    }

    @Test
    void aWishThatIsNoOptionIsNeverDropped() {
        assertThat(haveGpus(train(role("worker", 2, 1, false)), node("a", 0))).containsExactly(true);
    }
}
