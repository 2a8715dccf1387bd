package io.mlengine.plugins.jax;

import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Role;
import io.mlengine.testkit.contract.FrameworkLauncherContract;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

class JaxLauncherProperties extends FrameworkLauncherContract {
    @Override
    protected FrameworkLauncher launcher() {
        return new JaxLauncher();
    }

    @Override
    protected Arbitrary<JobShape> jobs() {
        return Combinators.combine(
                        Arbitraries.of("worker", "node"),
                        Arbitraries.integers().between(1, 5),
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.of(29500, 6666),
                        Arbitraries.of(true, false))
                .as((name, processes, gpus, port, hasBoard) -> {
                    Role role = Role.builder()
                            .from(Jobs.withGpus(Jobs.role(name, processes), gpus))
                            .env("PYTHONUNBUFFERED", "0")
                            .build();
                    Map<String, Object> options = Map.of("coordinatorPort", port);
                    return hasBoard ? Jobs.with(options, Jobs.board(), role) : Jobs.with(options, role);
                });
    }

    @Override
    protected Set<String> requiredVariables(ClusterView view, ClusterView.Member member) {
        return member.key().role().equals("tensorboard")
                ? Set.of()
                : Set.of("JAX_COORDINATOR_ADDRESS", "JAX_NUM_PROCESSES", "JAX_PROCESS_ID");
    }
}
