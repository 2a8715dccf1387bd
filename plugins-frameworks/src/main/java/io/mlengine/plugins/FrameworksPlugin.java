package io.mlengine.plugins;

import io.mlengine.plugins.command.CommandLauncher;
import io.mlengine.plugins.horovod.HorovodLauncher;
import io.mlengine.plugins.jax.JaxLauncher;
import io.mlengine.plugins.mpi.MpiLauncher;
import io.mlengine.plugins.pytorch.PyTorchLauncher;
import io.mlengine.plugins.tensorflow.TensorFlowLauncher;
import io.mlengine.plugins.xgboost.XGBoostLauncher;
import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.framework.FrameworkPlugin;
import java.util.List;
import org.pf4j.Extension;

/** The frameworks that come with the engine. */
@Extension
public final class FrameworksPlugin implements FrameworkPlugin {
    @Override
    public List<FrameworkLauncher> launchers() {
        return List.of(
                new CommandLauncher(),
                new HorovodLauncher(),
                new JaxLauncher(),
                new MpiLauncher(),
                new PyTorchLauncher(),
                new TensorFlowLauncher(),
                new XGBoostLauncher());
    }
}
