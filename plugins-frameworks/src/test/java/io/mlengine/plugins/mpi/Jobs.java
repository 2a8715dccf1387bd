package io.mlengine.plugins.mpi;

import io.mlengine.spi.model.FrameworkName;
import io.mlengine.spi.model.FrameworkOptions;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import java.util.List;
import java.util.Map;

/** MPI jobs for tests. */
final class Jobs {
    private Jobs() {}

    static JobShape of(Role... roles) {
        return with(Map.of(), roles);
    }

    static JobShape with(Map<String, ?> options, Role... roles) {
        return JobShape.builder()
                .name("waves")
                .framework(FrameworkName.of("mpi"))
                .options(FrameworkOptions.of(options))
                .roles(List.of(roles))
                .build();
    }

    static Role launcher() {
        return Role.named("launcher").command("mpirun", "python", "train.py").build();
    }

    static Role workers(int replicas) {
        return Role.named("worker").replicas(replicas).build();
    }

    static Role workersWithGpus(int replicas, int gpus) {
        return Role.builder()
                .from(workers(replicas))
                .resources(Resources.builder().gpus(gpus).build())
                .build();
    }
}
