package io.mlengine.plugins.xgboost;

import io.mlengine.spi.model.FrameworkName;
import io.mlengine.spi.model.FrameworkOptions;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import java.util.List;
import java.util.Map;

/** XGBoost jobs for tests. */
final class Jobs {
    private Jobs() {}

    static JobShape of(Role... roles) {
        return with(Map.of(), roles);
    }

    static JobShape with(Map<String, ?> options, Role... roles) {
        return JobShape.builder()
                .name("trees")
                .framework(FrameworkName.of("xgboost"))
                .options(FrameworkOptions.of(options))
                .roles(List.of(roles))
                .build();
    }

    static Role script(String name, int replicas) {
        return Role.named(name).replicas(replicas).command("python", "train.py").build();
    }

    static Role withResources(Role role, int gpus, int cpus) {
        Resources.Builder resources = Resources.builder();
        if (gpus > 0) {
            resources.gpus(gpus);
        }
        if (cpus > 0) {
            resources.cpus(cpus);
        }
        return Role.builder().from(role).resources(resources.build()).build();
    }
}
