package io.mlengine.plugins.horovod;

import io.mlengine.spi.model.FrameworkName;
import io.mlengine.spi.model.FrameworkOptions;
import io.mlengine.spi.model.GpuRequest;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import java.util.Map;

/** Horovod jobs for tests. */
final class Jobs {
    private Jobs() {}

    static JobShape of(Role... roles) {
        return with(Map.of(), roles);
    }

    static JobShape with(Map<String, ?> options, Role... roles) {
        JobShape.Builder job = JobShape.builder()
                .name("digits")
                .framework(FrameworkName.of("horovod"))
                .options(FrameworkOptions.of(options));
        for (Role role : roles) {
            job.addRole(role);
        }
        return job.build();
    }

    static Role worker(int replicas) {
        return Role.named("worker")
                .replicas(replicas)
                .command("python", "train.py")
                .build();
    }

    static Role elastic(int least, int replicas, int most) {
        return Role.builder()
                .from(worker(replicas))
                .minReplicas(least)
                .maxReplicas(most)
                .build();
    }

    static Role withGpus(Role role, int count) {
        return Role.builder()
                .from(role)
                .resources(Resources.builder().gpus(count).cpus(8).build())
                .build();
    }

    static Role withMig(Role role, int count) {
        GpuRequest request =
                GpuRequest.builder().count(count).migProfile("1g.18gb").build();
        return Role.builder()
                .from(role)
                .resources(Resources.builder().gpus(request).build())
                .build();
    }
}
