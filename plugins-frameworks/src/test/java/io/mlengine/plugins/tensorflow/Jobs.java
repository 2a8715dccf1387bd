package io.mlengine.plugins.tensorflow;

import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.model.EnvValue;
import io.mlengine.spi.model.FrameworkName;
import io.mlengine.spi.model.FrameworkOptions;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import io.mlengine.testkit.arbitrary.ClusterViews;
import io.mlengine.testkit.arbitrary.ClusterViews.Place;
import java.util.Map;
import java.util.Optional;

/** TensorFlow jobs for tests. */
final class Jobs {
    static final Map<String, Object> DYNAMIC = Map.of("dynamicWorkers", true);

    private Jobs() {}

    static JobShape of(Role... roles) {
        return with(Map.of(), roles);
    }

    static JobShape with(Map<String, ?> options, Role... roles) {
        JobShape.Builder job = JobShape.builder()
                .name("digits")
                .framework(FrameworkName.of("tensorflow"))
                .options(FrameworkOptions.of(options));
        for (Role role : roles) {
            job.addRole(role);
        }
        return job.build();
    }

    static Role role(String name, int replicas) {
        return Role.named(name).replicas(replicas).command("python", "train.py").build();
    }

    static Role elastic(int least, int replicas, int most) {
        return Role.builder()
                .from(role("worker", replicas))
                .minReplicas(least)
                .maxReplicas(most)
                .build();
    }

    static Role withGpu(Role role) {
        return Role.builder()
                .from(role)
                .resources(Resources.builder().gpus(1).build())
                .build();
    }

    static Role board() {
        return Role.named("tensorboard")
                .command("tensorboard", "--logdir=logs")
                .tracked(false)
                .build();
    }

    static LaunchPlan plan(JobShape job, Place place) {
        TensorFlowLauncher launcher = new TensorFlowLauncher();
        ClusterView view = ClusterViews.of(launcher, job, place, 1);
        return launcher.plan(view);
    }

    /** What a replica finds in TF_CONFIG; empty when it is not set. */
    static Optional<String> tfConfig(LaunchPlan plan, String replica) {
        return plan.replicas().stream()
                .filter(each -> each.key().toString().equals(replica))
                .map(each -> each.env().get("TF_CONFIG"))
                .filter(EnvValue.Literal.class::isInstance)
                .map(value -> ((EnvValue.Literal) value).value())
                .findFirst();
    }
}
