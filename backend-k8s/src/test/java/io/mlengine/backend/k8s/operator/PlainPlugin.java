package io.mlengine.backend.k8s.operator;

import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.framework.FrameworkPlugin;
import io.mlengine.testkit.sim.PlainLauncher;
import java.util.List;

/** The framework {@code plain}: it runs the roles' commands as they are. */
final class PlainPlugin implements FrameworkPlugin {
    @Override
    public List<FrameworkLauncher> launchers() {
        return List.of(new PlainLauncher());
    }
}
