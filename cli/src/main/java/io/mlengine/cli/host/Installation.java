package io.mlengine.cli.host;

import io.mlengine.backend.local.doctor.Check;
import io.mlengine.backend.local.prepare.EnvironmentCache;
import io.mlengine.core.api.MLEngine;
import io.mlengine.core.plugin.PluginReport;
import java.nio.file.Path;
import java.util.List;

/**
 * What this installation offers to commands. Each call loads only what it needs, since most commands live shorter than
 * it takes to load everything.
 */
public interface Installation {
    /** Opens the documents; loads plugins, since frameworks have options of their own. */
    Documents documents(List<Path> plugins);

    /** Starts an engine; the caller closes it. */
    MLEngine open(EngineSetup setup);

    /** Looks for plugins and tells what became of each. */
    List<PluginReport> plugins(List<Path> folders);

    /** Where plugins are added. */
    PluginFolder pluginFolder();

    /** The Python environments that were made for jobs. */
    EnvironmentCache environments();

    /** Looks for devices. */
    DeviceFindings devices(int fakeGpus);

    /** Looks at everything that the local backend needs. */
    List<Check> checks(Path root, int fakeGpus);

    /** What runs jobs of a cluster. */
    Controllers controllers();

    /**
     * What an engine of the command line is made of.
     *
     * @param root folder that jobs are kept below
     * @param fakeGpus devices made up for trying, 0 for those of the machine
     * @param plugins folders with plugins
     */
    record EngineSetup(Path root, int fakeGpus, List<Path> plugins) {
        /** Copies the list. */
        public EngineSetup {
            plugins = List.copyOf(plugins);
        }
    }
}
