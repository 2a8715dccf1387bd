package io.mlengine.testkit.contract;

import io.mlengine.spi.backend.ComputeBackend;
import io.mlengine.spi.model.Device;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.Node;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.testkit.sim.FaultPlan;
import io.mlengine.testkit.sim.ReplicaScript;
import io.mlengine.testkit.sim.SimulatedBackend;
import io.mlengine.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

class SimulatedBackendContractTest extends ComputeBackendContract {
    private final VirtualTime time = new VirtualTime();
    private final Map<ReplicaId, ReplicaScript> scripts = new TreeMap<>();
    private final SimulatedBackend backend = new SimulatedBackend(
            time,
            new SplittableRandom(1),
            FaultPlan.NONE,
            List.of(Node.builder()
                    .name("a")
                    .cpuMillis(8_000)
                    .memoryBytes(1L << 34)
                    .devices(List.of(
                            Device.builder().id("gpu-0").index(0).model("T").build(),
                            Device.builder().id("gpu-1").index(1).model("T").build()))
                    .build()),
            replica -> scripts.getOrDefault(replica, ReplicaScript.forever()));

    @Override
    protected ComputeBackend create() {
        return backend;
    }

    @Override
    protected List<String> command(ReplicaId replica, Behaviour behaviour) {
        scripts.put(
                replica,
                switch (behaviour) {
                    case SUCCEEDS, SPEAKS, SHOWS -> ReplicaScript.succeedsAfter(Duration.ofMillis(50));
                    case FAILS -> ReplicaScript.failsAfter(Duration.ofMillis(50), ExitStatus.ofCode(3));
                    case STAYS, STAYS_WITH_A_CHILD -> ReplicaScript.forever();
                });
        return List.of("simulated");
    }

    @Override
    protected void letTimePass(Duration duration) {
        time.advance(duration);
    }

    @Override
    protected boolean isAlive(ReplicaId replica) {
        return backend.alive().contains(replica);
    }

    @Override
    protected boolean hasOutput() {
        return false;
    }
}
