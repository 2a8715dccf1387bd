package io.mlengine.core.convert;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A volume of a pod. Claims and folders of the machine become inputs, since only those outlive the replica. */
final class VolumeDraft {
    /** Where programs look for shared memory. */
    static final String SHARED_MEMORY = "/dev/shm";

    private static final FieldTable<VolumeDraft> CLAIM = FieldTable.<VolumeDraft>named("persistentVolumeClaim")
            .text("claimName", "`source: pvc://claim` of an input", (volume, text) -> volume.place = "pvc://" + text)
            .flag("readOnly", "`readOnly` of the input", (volume, flag) -> volume.readOnly = flag)
            .build();

    private static final FieldTable<VolumeDraft> HOST_PATH = FieldTable.<VolumeDraft>named("hostPath")
            .text("path", "`source` of an input", (volume, text) -> volume.place = text)
            .dropped("type", "an input must be there before the job starts", "")
            .build();

    static final FieldTable<VolumeDraft> TABLE = FieldTable.<VolumeDraft>named("volume")
            .text("name", "`name` of an input", (volume, text) -> volume.name = text)
            .object("persistentVolumeClaim", CLAIM, volume -> volume)
            .object("hostPath", HOST_PATH, volume -> volume)
            .value(
                    "emptyDir",
                    "`pod.sharedMemory` for one in memory with a size, at " + SHARED_MEMORY
                            + "; else dropped: a replica has a work folder of its own",
                    VolumeDraft::emptyDir)
            .dropped("configMap", "there are no config maps", "ship its files with the code")
            .dropped("secret", "secrets become variables, not files", "name it in `env` with `secretKeyRef`")
            .dropped(List.of("projected", "downwardAPI"), "there is no pod to tell about", "")
            .dropped("ephemeral", "a replica has a work folder of its own", "")
            .dropped(
                    List.of(
                            "nfs",
                            "csi",
                            "gcePersistentDisk",
                            "awsElasticBlockStore",
                            "azureFile",
                            "azureDisk",
                            "cephfs"),
                    "the engine mounts no file systems",
                    "mount it on the machines and name the folder in `inputs`")
            .build();

    final ForeignValue source;
    String name = "";
    boolean readOnly;
    private @Nullable String place;
    private @Nullable Long memory;

    VolumeDraft(ForeignValue source) {
        this.source = source;
    }

    /** Where the data lies, in the form of an input's source; empty for what does not outlive a pod. */
    Optional<String> place() {
        return Optional.ofNullable(place);
    }

    private static void emptyDir(VolumeDraft volume, ForeignValue value) {
        boolean isMemory = value.peek("medium").orElse("").equals("Memory");
        volume.memory = value.peek("sizeLimit")
                .filter(size -> isMemory)
                .flatMap(size -> Quantity.of(size, 1))
                .orElse(null);
        if (volume.memory == null) {
            volume.source.dropped(
                    isMemory
                            ? "shared memory without a size is the machine's own"
                            : "a replica has a work folder of its own, which is empty at first",
                    isMemory
                            ? "set `pod.sharedMemory` of the role"
                            : "write to the working folder, and to MLENGINE_CHECKPOINT_DIR what must survive");
        }
    }

    /** Size of a volume in memory. */
    Optional<Long> memory() {
        return Optional.ofNullable(memory);
    }
}
