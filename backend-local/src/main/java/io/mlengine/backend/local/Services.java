package io.mlengine.backend.local;

import io.mlengine.backend.local.log.LogWatcher;
import io.mlengine.backend.local.log.ReplicaFolders;
import io.mlengine.backend.local.process.ControlGroups;
import io.mlengine.backend.local.process.Spawner;
import io.mlengine.backend.local.sample.UsageSampler;
import io.mlengine.spi.backend.BackendEvent;
import java.nio.file.Path;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What replicas share. */
record Services(
        ReplicaFolders folders,
        Spawner spawner,
        ControlGroups groups,
        LogWatcher logs,
        UsageSampler sampler,
        ReplicaEnvironment environment,
        Reaper reaper,
        ScheduledExecutorService timers,
        Supplier<String> uids,
        Consumer<BackendEvent> sink) {

    /** One link to the folder of each live replica, named by its uid, so that a later engine finds what this one left. */
    Path liveFolder() {
        return folders.root().resolve("live");
    }
}
