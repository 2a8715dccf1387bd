package io.mlengine.core.convert;

import io.mlengine.core.admission.ViolationCode;
import io.mlengine.spi.model.DataSource;
import java.util.Locale;

/** Turns mounted volumes into inputs of the job, and shared memory into its size. */
final class Inputs {
    private Inputs() {}

    static void add(JobDraft job, PodDraft pod, ContainerDraft container) {
        for (MountDraft mount : container.mounts) {
            VolumeDraft volume = pod.volumes.get(mount.volume);
            if (volume == null) {
                mount.source.reject(
                        ViolationCode.MISSING_FIELD, mount.volume, "`volumes` has none of this name: add it there");
            } else if (volume.memory().isPresent() && mount.path.equals(VolumeDraft.SHARED_MEMORY)) {
                pod.options.sharedMemoryBytes(volume.memory().get());
            } else {
                volume.place()
                        .ifPresentOrElse(
                                place -> add(job, volume, mount, place),
                                () -> mount.source.dropped("its volume has no counterpart", ""));
            }
        }
        for (VolumeDraft volume : pod.volumes.values()) {
            boolean isMounted = container.mounts.stream().anyMatch(mount -> mount.volume.equals(volume.name));
            if (!isMounted && (volume.place().isPresent() || volume.memory().isPresent())) {
                volume.source.dropped("the container that trains does not mount it", "");
            }
        }
    }

    private static void add(JobDraft job, VolumeDraft volume, MountDraft mount, String place) {
        String source = mount.subPath == null ? place : place.replaceFirst("/$", "") + "/" + mount.subPath;
        boolean readOnly = volume.readOnly || mount.readOnly;
        boolean isThere = job.inputs.stream()
                .anyMatch(input -> input.source().equals(source) && input.path().equals(mount.path));
        if (isThere) {
            return;
        }
        job.inputs.add(new DataSource(freeName(job, volume.name), source, mount.path, readOnly));
        if (source.startsWith("pvc:")) {
            volume.source.check(
                    "becomes an input for all replicas",
                    "the local backend has no claims: name a folder as its `source`");
        } else {
            volume.source.check("becomes an input for all replicas", "the folder must be there on each machine");
        }
        if (!readOnly) {
            mount.source.check(
                    "the program may write to the input",
                    "let it write to MLENGINE_OUTPUT_DIR what is to be kept, or set `readOnly: true`");
        }
    }

    private static String freeName(JobDraft job, String volume) {
        String plain =
                volume.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-").replaceAll("-+$", "");
        String label = plain.matches("[a-z].*") ? plain : "volume-" + plain;
        String name = label;
        for (int i = 2; isTaken(job, name); i++) {
            name = label + "-" + i;
        }
        return name;
    }

    private static boolean isTaken(JobDraft job, String name) {
        return job.inputs.stream().anyMatch(input -> input.name().equals(name));
    }
}
