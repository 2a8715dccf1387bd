package io.mlengine.backend.k8s.pod;

import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpecFluent;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.mlengine.spi.model.DataSource;
import io.mlengine.spi.model.EnvValue;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The pods of a role where another controller makes them: what the role asks for, and nothing of what the engine's own
 * launch would add. Pure. Inputs are mounted where they say; each is a claim.
 */
public final class RoleTemplates {
    private static final String SHARED_MEMORY = "shm";

    private final List<Volume> volumes = new ArrayList<>();
    private final List<VolumeMount> mounts = new ArrayList<>();

    private RoleTemplates() {}

    /**
     * Makes the template of a role's pods.
     *
     * @param job the job
     * @param role the role, which has an image
     * @param container name of the container that runs the program
     * @param grace time between TERM and KILL
     * @return the template; secrets stand in it by reference only
     * @throws IllegalArgumentException when the role has no image, or an input is no claim
     */
    public static PodTemplateSpec of(JobShape job, Role role, String container, Duration grace) {
        return new RoleTemplates().template(job, role, container, grace);
    }

    private PodTemplateSpec template(JobShape job, Role role, String container, Duration grace) {
        job.inputs().forEach(this::input);
        role.pod().sharedMemoryBytes().ifPresent(bytes -> sharedMemory(job, bytes));
        PodTemplateSpecFluent<PodTemplateSpecBuilder>.SpecNested<PodTemplateSpecBuilder> spec =
                new PodTemplateSpecBuilder()
                        .withNewMetadata()
                        .withLabels(role.pod().labels())
                        .withAnnotations(role.pod().annotations())
                        .endMetadata()
                        .withNewSpec()
                        .withTerminationGracePeriodSeconds(Math.max(1, PodVariables.graceSeconds(grace)))
                        .withSecurityContext(PodSecurity.of(role.pod()))
                        .withNodeSelector(role.nodes().selector())
                        .withTolerations(NodeTerms.tolerations(role.nodes()))
                        .withImagePullSecrets(role.pod().imagePullSecrets().stream()
                                .map(LocalObjectReference::new)
                                .toList())
                        .withContainers(container(job, role, container).build())
                        .withVolumes(volumes);
        NodeTerms.affinity(role.nodes()).ifPresent(spec::withAffinity);
        role.pod().serviceAccount().ifPresent(spec::withServiceAccountName);
        role.pod().priorityClass().ifPresent(spec::withPriorityClassName);
        return spec.endSpec().build();
    }

    private ContainerBuilder container(JobShape job, Role role, String name) {
        ContainerBuilder container = new ContainerBuilder()
                .withName(name)
                .withImage(role.image()
                        .orElseThrow(() -> new IllegalArgumentException("the role " + role.name() + " has no image")))
                .withCommand(role.command().stream().map(Expansion::literal).toList())
                .withArgs(role.args().stream().map(Expansion::literal).toList())
                .withEnv(variables(job, role))
                .withResources(PodResources.of(role.resources()))
                .withSecurityContext(PodSecurity.container(role.pod()))
                .withVolumeMounts(mounts);
        role.workingDirectory().ifPresent(container::withWorkingDir);
        role.pod().imagePullPolicy().ifPresent(policy -> container.withImagePullPolicy(policy.word()));
        return container;
    }

    private static List<EnvVar> variables(JobShape job, Role role) {
        SortedMap<String, EnvValue> values = new TreeMap<>(job.environment().variables());
        values.putAll(role.env());
        return values.entrySet().stream().map(RoleTemplates::variable).toList();
    }

    private static EnvVar variable(Map.Entry<String, EnvValue> variable) {
        return PodVariables.variable(variable.getKey(), variable.getValue(), Expansion::literal);
    }

    private void input(DataSource input) {
        ClaimPath place = ClaimPath.parse(input.source())
                .orElseThrow(() -> new IllegalArgumentException("an input that is no claim: " + input.name()));
        volumes.add(new VolumeBuilder()
                .withName(input.name())
                .withNewPersistentVolumeClaim()
                .withClaimName(place.claim())
                .endPersistentVolumeClaim()
                .build());
        VolumeMountBuilder mount =
                new VolumeMountBuilder().withName(input.name()).withMountPath(input.path());
        if (!place.path().isEmpty()) {
            mount.withSubPath(place.path());
        }
        if (input.readOnly()) {
            mount.withReadOnly(true);
        }
        mounts.add(mount.build());
    }

    private void sharedMemory(JobShape job, long bytes) {
        Set<String> taken = job.inputs().stream().map(DataSource::name).collect(Collectors.toSet());
        String name = SHARED_MEMORY;
        while (taken.contains(name)) {
            name += "-" + SHARED_MEMORY;
        }
        volumes.add(PodVolumes.inMemory(name, bytes));
        mounts.add(PodVolumes.mount(name, PodVolumes.SHARED_MEMORY_FOLDER));
    }
}
