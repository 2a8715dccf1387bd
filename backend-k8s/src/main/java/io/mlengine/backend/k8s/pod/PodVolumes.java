package io.mlengine.backend.k8s.pod;

import io.fabric8.kubernetes.api.model.EmptyDirVolumeSource;
import io.fabric8.kubernetes.api.model.EmptyDirVolumeSourceBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.mlengine.spi.framework.PlanFile;
import io.mlengine.spi.model.DataSource;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.PodOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** The volumes of one pod, and where its main container sees them. */
final class PodVolumes {
    static final String CODE = "code";
    static final String PYTHON = "python";
    static final String REQUIREMENTS = "requirements";
    static final String SHARED_MEMORY_FOLDER = "/dev/shm";

    private static final String PLAN = "plan";
    private static final String PLAN_FILES = "plan-files";
    private static final String RESULTS = "results";
    private static final String SHARED_MEMORY = "shm";

    private final List<Volume> volumes = new ArrayList<>();
    private final List<VolumeMount> mounts = new ArrayList<>();

    List<Volume> volumes() {
        return volumes;
    }

    List<VolumeMount> mounts() {
        return mounts;
    }

    /** A folder that lives as long as the pod. */
    PodVolumes emptyFolder(String name, String path) {
        volumes.add(new VolumeBuilder()
                .withName(name)
                .withEmptyDir(new EmptyDirVolumeSource())
                .build());
        mounts.add(mount(name, path));
        return this;
    }

    /** A volume that only an init container sees. */
    PodVolumes hidden(Volume volume) {
        volumes.add(volume);
        return this;
    }

    /** The folder of the plan's files: the program may write to it, so each file is mounted into it by itself. */
    PodVolumes plan(List<PlanFile> files, PlanFiles packed) {
        emptyFolder(PLAN, PodFolders.PLAN);
        if (!files.isEmpty()) {
            volumes.add(packed.volume(PLAN_FILES, files));
            for (PlanFile file : files) {
                String path = PlanFiles.path(file);
                mounts.add(new VolumeMountBuilder()
                        .withName(PLAN_FILES)
                        .withMountPath(PodFolders.PLAN + "/" + path)
                        .withSubPath(path)
                        .build());
            }
        }
        return this;
    }

    PodVolumes sharedMemory(PodOptions options) {
        options.sharedMemoryBytes().ifPresent(bytes -> {
            volumes.add(inMemory(SHARED_MEMORY, bytes));
            mounts.add(mount(SHARED_MEMORY, SHARED_MEMORY_FOLDER));
        });
        return this;
    }

    static Volume inMemory(String name, long bytes) {
        return new VolumeBuilder()
                .withName(name)
                .withEmptyDir(new EmptyDirVolumeSourceBuilder()
                        .withMedium("Memory")
                        .withSizeLimit(Amounts.bytes(bytes))
                        .build())
                .build();
    }

    /** Outputs and checkpoints, and inputs; a claim that serves several of them is one volume. */
    PodVolumes data(JobShape job, JobOwner owner) {
        TreeSet<String> claims = new TreeSet<>();
        job.environment().volumeClaim().ifPresent(claims::add);
        job.inputs().forEach(input -> claims.add(claimPath(input).claim()));
        List<String> names = List.copyOf(claims);
        for (int i = 0; i < names.size(); i++) {
            volumes.add(new VolumeBuilder()
                    .withName("claim-" + i)
                    .withNewPersistentVolumeClaim()
                    .withClaimName(names.get(i))
                    .endPersistentVolumeClaim()
                    .build());
        }
        results(job, owner, names);
        for (DataSource input : job.inputs()) {
            ClaimPath place = claimPath(input);
            VolumeMountBuilder mount = new VolumeMountBuilder()
                    .withName("claim-" + names.indexOf(place.claim()))
                    .withMountPath(inputPath(job, input));
            if (!place.path().isEmpty()) {
                mount.withSubPath(place.path());
            }
            if (input.readOnly()) {
                mount.withReadOnly(true);
            }
            mounts.add(mount.build());
        }
        return this;
    }

    private void results(JobShape job, JobOwner owner, List<String> claims) {
        String volume = job.environment()
                .volumeClaim()
                .map(claim -> "claim-" + claims.indexOf(claim))
                .orElse(RESULTS);
        String folder = "";
        if (volume.equals(RESULTS)) {
            volumes.add(new VolumeBuilder()
                    .withName(RESULTS)
                    .withEmptyDir(new EmptyDirVolumeSource())
                    .build());
        } else {
            folder = owner.namespace() + "/" + owner.uid() + "/";
        }
        mounts.add(part(volume, PodFolders.CHECKPOINTS, folder + "checkpoints"));
        mounts.add(part(volume, PodFolders.OUTPUTS, folder + "outputs"));
    }

    /** Where an input is found. */
    static String inputPath(JobShape job, DataSource input) {
        return input.path().isEmpty()
                ? PodFolders.INPUTS + "/" + input.name()
                : PodFolders.resolve(CodePlace.folder(job).orElse(""), input.path());
    }

    private static ClaimPath claimPath(DataSource input) {
        return ClaimPath.parse(input.source())
                .orElseThrow(() -> new IllegalArgumentException("an input that is no claim: " + input.name()));
    }

    static VolumeMount mount(String name, String path) {
        return new VolumeMountBuilder().withName(name).withMountPath(path).build();
    }

    private static VolumeMount part(String name, String path, String subPath) {
        return new VolumeMountBuilder()
                .withName(name)
                .withMountPath(path)
                .withSubPath(subPath)
                .build();
    }
}
