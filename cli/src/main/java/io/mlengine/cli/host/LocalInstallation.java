package io.mlengine.cli.host;

import io.mlengine.backend.local.LocalBackend;
import io.mlengine.backend.local.LocalBackendConfig;
import io.mlengine.backend.local.device.DeviceInventories;
import io.mlengine.backend.local.device.DeviceInventory;
import io.mlengine.backend.local.device.DeviceSettings;
import io.mlengine.backend.local.doctor.Check;
import io.mlengine.backend.local.doctor.Doctor;
import io.mlengine.backend.local.prepare.EnvironmentCache;
import io.mlengine.backend.local.prepare.LocalFolders;
import io.mlengine.core.MLEngines;
import io.mlengine.core.api.MLEngine;
import io.mlengine.core.plugin.PluginCatalog;
import io.mlengine.core.plugin.PluginReport;
import io.mlengine.core.store.FolderJobStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/** The installation that users have: plugins of the class path and of folders, jobs on this machine. */
public final class LocalInstallation implements Installation {
    private final SortedMap<String, String> environment;
    private final Path home;

    /** An installation for one user. */
    public LocalInstallation(SortedMap<String, String> environment, Path home) {
        this.environment = environment;
        this.home = home;
    }

    @Override
    public Documents documents(List<Path> plugins) {
        return new CatalogDocuments(catalog(plugins));
    }

    private PluginCatalog catalog(List<Path> folders) {
        PluginCatalog.Builder builder = PluginCatalog.builder().classPath(LocalInstallation.class.getClassLoader());
        withAdded(folders).forEach(builder::folder);
        return builder.load();
    }

    /** Folders named on the command line come first: a plugin there wins over another version that was added. */
    private List<Path> withAdded(List<Path> named) {
        List<Path> folders = new ArrayList<>(named);
        Path added = PluginFolder.of(environment, home);
        if (Files.isDirectory(added)) {
            folders.add(added);
        }
        return folders;
    }

    @Override
    public MLEngine open(EngineSetup setup) {
        LocalBackend backend = LocalBackend.create(config(setup.root(), setup.fakeGpus()));
        MLEngines.Builder builder = MLEngines.builder().backend(backend).store(FolderJobStore.below(setup.root()));
        withAdded(setup.plugins()).forEach(builder::plugins);
        return builder.build();
    }

    private LocalBackendConfig config(Path root, int fakeGpus) {
        return LocalBackendConfig.builder()
                .folders(folders(root))
                .fakeGpus(fakeGpus)
                // The command stops its jobs itself, in order, when a signal comes.
                .stopsOnShutdown(true)
                .build();
    }

    private LocalFolders folders(Path root) {
        LocalFolders usual = LocalFolders.of(environment, home);
        return new LocalFolders(root, usual.cache(), usual.secrets());
    }

    @Override
    public List<PluginReport> plugins(List<Path> folders) {
        try (PluginCatalog catalog = catalog(folders)) {
            return catalog.reports();
        }
    }

    @Override
    public PluginFolder pluginFolder() {
        return new PluginFolder(PluginFolder.of(environment, home), () -> plugins(List.of()));
    }

    @Override
    public EnvironmentCache environments() {
        return EnvironmentCache.below(LocalFolders.of(environment, home).cache());
    }

    @Override
    public DeviceFindings devices(int fakeGpus) {
        LocalBackendConfig defaults = LocalBackendConfig.builder().build();
        try (DeviceInventory inventory = DeviceInventories.detect(settings(fakeGpus))) {
            return new DeviceFindings(
                    inventory.devices(), inventory.report().sentence(), defaults.cpuMillis(), defaults.memoryBytes());
        }
    }

    @Override
    public List<Check> checks(Path root, int fakeGpus) {
        LocalBackendConfig config = config(root, fakeGpus);
        return new Doctor(config.folders(), config.leaseFolder(), settings(fakeGpus), environment).checks();
    }

    @Override
    public Controllers controllers() {
        return new KubernetesControllers(folders -> new CatalogDocuments(catalog(folders)), this::withAdded);
    }

    private static DeviceSettings settings(int fakeGpus) {
        return new DeviceSettings(fakeGpus, false, pid -> false);
    }
}
