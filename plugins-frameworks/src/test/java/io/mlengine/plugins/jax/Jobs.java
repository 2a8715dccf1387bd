package io.mlengine.plugins.jax;

import io.mlengine.spi.model.FrameworkName;
import io.mlengine.spi.model.FrameworkOptions;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import java.util.Map;

/** JAX jobs for tests. */
final class Jobs {
    private Jobs() {}

    static JobShape of(Role... roles) {
        return with(Map.of(), roles);
    }

    static JobShape with(Map<String, ?> options, Role... roles) {
        JobShape.Builder job = JobShape.builder()
                .name("digits")
                .framework(FrameworkName.of("jax"))
                .options(FrameworkOptions.of(options));
        for (Role role : roles) {
            job.addRole(role);
        }
        return job.build();
    }

    static Role role(String name, int replicas) {
        return Role.named(name).replicas(replicas).command("python", "train.py").build();
    }

    static Role withGpus(Role role, int count) {
        return Role.builder()
                .from(role)
                .resources(Resources.builder().gpus(count).build())
                .build();
    }

    static Role board() {
        return Role.named("tensorboard")
                .command("tensorboard", "--logdir=logs")
                .tracked(false)
                .build();
    }
}
