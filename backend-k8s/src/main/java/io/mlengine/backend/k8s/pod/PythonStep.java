package io.mlengine.backend.k8s.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.mlengine.spi.framework.PlanFile;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.PythonEnvironment;
import io.mlengine.spi.model.Role;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The init container that brings what a job wants of Python and its image lacks. An image is the better place for it:
 * this step runs in each pod anew, and needs pip in the image and a way to a package index. pip installs for the
 * "user", which leaves out what the image already has, and Python finds that folder by itself because {@code
 * PYTHONUSERBASE} names it. Programs that come with a package are not on the {@code PATH}; they run with {@code python
 * -m}. A Python inside a virtual environment of the image does not take part. Nothing is done for a job that names its
 * interpreter: that one is used as it is.
 */
final class PythonStep {
    private static final String FILE = "requirements.txt";

    private PythonStep() {}

    static boolean isNeeded(JobShape job) {
        return wanted(job).isPresent();
    }

    private static Optional<PythonEnvironment> wanted(JobShape job) {
        return job.environment()
                .python()
                .filter(python ->
                        python.interpreter().isEmpty() && !python.requirements().isEmpty());
    }

    /** The file that pip reads; it is packed with the plans' files. */
    static Optional<PlanFile> file(JobShape job) {
        return wanted(job).map(python -> new PlanFile(FILE, String.join("\n", python.requirements()) + "\n", false));
    }

    static Container container(JobShape job, Role role, String image) {
        SortedMap<String, String> variables = new TreeMap<>();
        wanted(job).ifPresent(python -> variables.putAll(python.buildVariables()));
        variables.put(PodVariables.PYTHON_FOLDER, PodFolders.PYTHON);
        // Debian's Python refuses pip otherwise, although this folder is none of its own.
        variables.put("PIP_BREAK_SYSTEM_PACKAGES", "1");
        ContainerBuilder container = new ContainerBuilder()
                .withName(PodNames.PYTHON)
                .withImage(image)
                .withCommand("python3", "-m", "pip", "install")
                .withArgs(
                        "--user",
                        "--no-cache-dir",
                        "--no-warn-script-location",
                        "--disable-pip-version-check",
                        "--requirement",
                        PodFolders.REQUIREMENTS + "/" + FILE)
                .withEnv(variables.entrySet().stream()
                        .map(variable ->
                                PodVariables.literal(variable.getKey(), Expansion.literal(variable.getValue())))
                        .toList())
                .withResources(PodResources.withoutDevices(role.resources()))
                .withSecurityContext(PodSecurity.container(role.pod()))
                .withVolumeMounts(
                        PodVolumes.mount(PodVolumes.PYTHON, PodFolders.PYTHON),
                        PodVolumes.mount(PodVolumes.REQUIREMENTS, PodFolders.REQUIREMENTS))
                .withTerminationMessagePolicy("FallbackToLogsOnError");
        role.pod().imagePullPolicy().ifPresent(policy -> container.withImagePullPolicy(policy.word()));
        return container.build();
    }
}
