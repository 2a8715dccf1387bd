package io.mlengine.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.plugin.PluginCatalog;
import io.mlengine.core.plugin.PluginReport;
import org.junit.jupiter.api.Test;

class FrameworksPluginTest {
    @Test
    void isFoundOnTheClassPath() {
        try (PluginCatalog catalog = PluginCatalog.builder()
                .classPath(FrameworksPlugin.class.getClassLoader())
                .load()) {
            assertThat(catalog.reports()).extracting(PluginReport::state).containsExactly(PluginReport.State.LOADED);
            assertThat(catalog.registry().frameworks())
                    .extracting(framework -> framework.name().value())
                    .containsExactly("command", "horovod", "jax", "mpi", "pytorch", "tensorflow", "xgboost");
        }
    }
}
