package io.mlengine.backend.k8s.pod;

import io.mlengine.spi.backend.LaunchOrder;
import io.mlengine.spi.framework.PlanFile;
import io.mlengine.spi.model.CodeSource;
import io.mlengine.spi.model.DataSource;
import io.mlengine.spi.model.GitSource;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What a job may ask for where replicas are pods. */
final class PodRules {
    /** Most replicas of a job, of all roles together, whose record is sure to fit into its object. */
    static final int MOST_REPLICAS = 4_000;

    private final JobShape job;
    private final PodConfig config;
    private final List<Unsupported> found = new ArrayList<>();

    private PodRules(JobShape job, PodConfig config) {
        this.job = job;
        this.config = config;
    }

    static List<Unsupported> check(JobShape job, PodConfig config) {
        PodRules rules = new PodRules(job, config);
        rules.code();
        rules.inputs();
        rules.size();
        rules.roles();
        return rules.found;
    }

    /** Files that fit into no config map. */
    static List<Unsupported> checkFiles(LaunchOrder order) {
        return order.replicas().stream()
                .flatMap(start -> start.plan().files().stream())
                .filter(file -> Digests.bytes(file.content()).length > PlanFiles.MOST_BYTES)
                .map(PlanFile::path)
                .distinct()
                .map(path -> new Unsupported(
                        "spec.framework",
                        "PlanFileTooLarge",
                        "the framework's launcher brings the file " + path + " of more than " + PlanFiles.MOST_BYTES
                                + " bytes, which fits into no config map"))
                .toList();
    }

    private void code() {
        job.code().flatMap(CodeSource::git).ifPresent(this::follow);
        if (job.code().flatMap(CodeSource::path).isPresent()) {
            refuse(
                    "spec.code.path",
                    "CodePathUnsupported",
                    "pods do not see this machine's folders. Maybe give code.git, or put the code into the image.");
        }
        if (job.code().flatMap(CodeSource::git).isPresent()
                && config.gitSyncImage().isEmpty()) {
            refuse(
                    "spec.code.git",
                    "GitSyncMissing",
                    "no image of git-sync is configured. Maybe ask whoever runs the engine, or put the code into the"
                            + " image.");
        }
    }

    private void follow(GitSource git) {
        if (git.follow() && !config.sideCars()) {
            refuse(
                    "spec.code.git.follow",
                    "SideCarsMissing",
                    "a side-car ends with its pod only from Kubernetes 1." + PodConfig.FIRST_WITH_SIDE_CARS
                            + " on. Maybe leave it out: then the code stays what it was when the attempt started.");
        }
    }

    private void inputs() {
        Set<String> places = new TreeSet<>();
        for (int i = 0; i < job.inputs().size(); i++) {
            DataSource input = job.inputs().get(i);
            String path = "spec.inputs[" + i + "]";
            if (ClaimPath.parse(input.source()).isEmpty()) {
                refuse(
                        path + ".source",
                        "InputUnsupported",
                        "pods do not see this machine's folders. Maybe put the data into a volume claim and name it as"
                                + " pvc://claim/path.");
            }
            boolean isRelative = !input.path().isEmpty() && !input.path().startsWith("/");
            if (isRelative && CodePlace.folder(job).isEmpty()) {
                refuse(
                        path + ".path",
                        "InputPathInvalid",
                        "a relative path means a place in the code's folder, and only code.git has one here. Maybe give"
                                + " an absolute path, or none and read $MLENGINE_INPUT_*.");
            }
            if (!places.add(PodVolumes.inputPath(job, input))) {
                refuse(path + ".path", "InputPathTaken", "another input has this place. Maybe choose another path.");
            }
        }
    }

    private void size() {
        long most = job.roles().stream().mapToLong(Role::most).sum();
        if (most > MOST_REPLICAS) {
            refuse(
                    "spec.roles",
                    "TooManyReplicas",
                    "the job may have " + most + " replicas, and what is known of more than " + MOST_REPLICAS
                            + " fits into no object. Maybe give each replica more GPUs, or make several jobs.");
        }
    }

    private void roles() {
        for (int i = 0; i < job.roles().size(); i++) {
            Role role = job.roles().get(i);
            String path = "spec.roles[" + i + "]";
            if (role.image().isEmpty()) {
                refuse(path + ".image", "ImageMissing", "a pod runs an image. Maybe add image to the role.");
            }
            boolean isRelative = role.workingDirectory()
                    .filter(folder -> !folder.startsWith("/"))
                    .isPresent();
            if (isRelative && CodePlace.folder(job).isEmpty()) {
                refuse(
                        path + ".workingDirectory",
                        "WorkingDirectoryInvalid",
                        "a relative folder is taken from the code's folder, and only code.git has one here. Maybe give"
                                + " an absolute one.");
            }
        }
    }

    private void refuse(String path, String reason, String message) {
        found.add(new Unsupported(path, reason, message));
    }
}
