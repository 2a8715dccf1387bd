package io.mlengine.plugins.mpi;

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

class MpiLauncherProperties extends FrameworkLauncherContract {
    @Override
    protected FrameworkLauncher launcher() {
        return new MpiLauncher();
    }

    @Override
    protected Arbitrary<JobShape> jobs() {
        Arbitrary<Role> launchers = Arbitraries.of(
                        "OMPI_MCA_btl_tcp_if_include", "HYDRA_ENV", "I_MPI_PIN", "OMPI_ALLOW_RUN_AS_ROOT")
                .map(variable -> Role.builder()
                        .from(Jobs.launcher())
                        .env(variable, "mine")
                        .build());
        return Combinators.combine(
                        launchers,
                        Arbitraries.integers().between(1, 5),
                        Arbitraries.integers().between(0, 4),
                        Arbitraries.of("openmpi", "intel", "mpich"),
                        Arbitraries.integers().between(1, 8),
                        Arbitraries.of(true, false))
                .as((launcher, workers, gpus, implementation, slots, isWorker) -> Jobs.with(
                        Map.of(
                                "implementation",
                                implementation,
                                "slotsPerWorker",
                                slots,
                                "runLauncherAsWorker",
                                isWorker),
                        launcher,
                        gpus == 0 ? Jobs.workers(workers) : Jobs.workersWithGpus(workers, gpus)));
    }

    @Override
    protected Set<String> requiredVariables(ClusterView view, ClusterView.Member member) {
        if (member.key().role().equals("worker")) {
            return Set.of();
        }
        return switch (MpiOptions.of(view.job()).implementation().orElseThrow()) {
            case OPENMPI ->
                Set.of(
                        "OMPI_MCA_plm_rsh_agent",
                        "OMPI_MCA_orte_default_hostfile",
                        "PRTE_MCA_plm_ssh_agent",
                        "PRTE_MCA_prte_default_hostfile");
            case INTEL ->
                Set.of("I_MPI_HYDRA_BOOTSTRAP", "I_MPI_HYDRA_BOOTSTRAP_EXEC", "I_MPI_HYDRA_HOST_FILE", "I_MPI_PERHOST");
            case MPICH -> Set.of("HYDRA_LAUNCHER", "HYDRA_LAUNCHER_EXEC", "HYDRA_HOST_FILE");
        };
    }
}
