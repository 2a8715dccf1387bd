package io.mlengine.plugins.pytorch;

import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.RestartScope;
import io.mlengine.spi.model.Role;
import io.mlengine.testkit.contract.FrameworkLauncherContract;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

class PyTorchLauncherProperties extends FrameworkLauncherContract {
    @Override
    protected FrameworkLauncher launcher() {
        return new PyTorchLauncher();
    }

    @Override
    protected Arbitrary<JobShape> jobs() {
        return Arbitraries.oneOf(ranks(), agents(), elastic());
    }

    private static Arbitrary<JobShape> ranks() {
        return roles(Jobs::script).map(Jobs::of);
    }

    private static Arbitrary<JobShape> agents() {
        return Combinators.combine(
                        roles(Jobs::torchrun),
                        Arbitraries.of("auto", "gpu", "cpu", "1", "4"),
                        Arbitraries.integers().between(0, 3))
                .as((roles, processes, restarts) ->
                        Jobs.with(Map.of("nprocPerNode", processes, "maxRestarts", restarts), roles));
    }

    private static Arbitrary<JobShape> elastic() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.integers().between(0, 3))
                .as((least, more) -> Jobs.of(Jobs.elastic(least, least + more / 2, least + more)));
    }

    private interface RoleOf {
        Role make(String name, int replicas);
    }

    private static Arbitrary<Role[]> roles(RoleOf make) {
        Arbitrary<Role> worker = Combinators.combine(
                        Arbitraries.of("worker", "trainer"),
                        Arbitraries.integers().between(1, 4),
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.of(true, false))
                .as((name, replicas, gpus, isMig) -> {
                    Role role = make.make(name, replicas);
                    Role withGpus = gpus == 0 ? role : isMig ? Jobs.withMig(role, 1) : Jobs.withGpus(role, gpus);
                    return Role.builder()
                            .from(withGpus)
                            .env("PYTHONUNBUFFERED", "0")
                            .build();
                });
        return Combinators.combine(worker, Arbitraries.of(true, false))
                .as((role, hasMaster) -> hasMaster && role.name().equals("worker")
                        ? new Role[] {
                            role,
                            Role.builder()
                                    .from(make.make("master", 1))
                                    .restartScope(RestartScope.GROUP)
                                    .build()
                        }
                        : new Role[] {role});
    }

    @Override
    protected Set<String> requiredVariables(ClusterView view, ClusterView.Member member) {
        if (Mode.of(view.job()) == Mode.RANK) {
            return Set.of(
                    "RANK", "LOCAL_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE", "GROUP_RANK", "MASTER_ADDR", "MASTER_PORT");
        }
        return AgentPlans.usesRendezvous(view.job())
                ? Set.of("PET_NNODES", "PET_NPROC_PER_NODE", "PET_RDZV_BACKEND", "PET_RDZV_ENDPOINT", "PET_RDZV_ID")
                : Set.of("PET_NNODES", "PET_NPROC_PER_NODE", "PET_NODE_RANK", "PET_MASTER_ADDR", "PET_MASTER_PORT");
    }
}
