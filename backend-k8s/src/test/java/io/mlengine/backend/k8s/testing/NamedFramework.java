package io.mlengine.backend.k8s.testing;

import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.framework.OptionSchema;
import io.mlengine.spi.model.FrameworkName;
import io.mlengine.testkit.sim.PlainLauncher;

/** A framework of a given name, without options, that runs the roles' commands as they are. */
public record NamedFramework(FrameworkName name) implements FrameworkLauncher {
    /** A framework of this name. */
    public static NamedFramework of(String name) {
        return new NamedFramework(FrameworkName.of(name));
    }

    @Override
    public OptionSchema options() {
        return OptionSchema.NONE;
    }

    @Override
    public LaunchPlan plan(ClusterView view) {
        return new PlainLauncher().plan(view);
    }
}
