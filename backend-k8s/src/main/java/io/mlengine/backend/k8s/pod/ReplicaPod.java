package io.mlengine.backend.k8s.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerPortBuilder;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodFluent;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.spi.backend.LaunchOrder;
import io.mlengine.spi.backend.Reservation;
import io.mlengine.spi.framework.PlanFile;
import io.mlengine.spi.model.CodeSource;
import io.mlengine.spi.model.GitSource;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The pod of one start of one replica. */
final class ReplicaPod {
    private static final Pattern PORT_NAME = Pattern.compile("(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?");

    private final PodConfig config;
    private final PodLaunch launch;
    private final LaunchOrder.Start start;
    private final JobShape job;
    private final Role role;
    private final ReplicaId id;
    private final String image;

    private ReplicaPod(PodConfig config, PodLaunch launch, LaunchOrder.Start start) {
        this.config = config;
        this.launch = launch;
        this.start = start;
        this.job = launch.order().job();
        this.id = start.id();
        this.role =
                job.role(id.role()).orElseThrow(() -> new IllegalArgumentException("the job has no role " + id.role()));
        this.image =
                role.image().orElseThrow(() -> new IllegalArgumentException("the role " + id.role() + " has no image"));
    }

    static Pod of(PodConfig config, PodLaunch launch, LaunchOrder.Start start, PlanFiles files) {
        return new ReplicaPod(config, launch, start).build(files);
    }

    private Pod build(PlanFiles files) {
        PodVolumes volumes = new PodVolumes()
                .plan(start.plan().files(), files)
                .data(job, launch.owner())
                .sharedMemory(role.pod());
        List<Container> steps = steps(volumes, files);
        PodFluent<PodBuilder>.SpecNested<PodBuilder> spec = new PodBuilder()
                .withMetadata(metadata())
                .withNewSpec()
                .withSchedulerName(config.schedulerName())
                .withRestartPolicy("Never")
                .withHostname(PodNames.hostname(launch.owner().name(), id.attempt(), id.key()))
                .withSubdomain(PodNames.service(launch.owner()))
                .withTerminationGracePeriodSeconds(
                        Math.max(1, PodVariables.graceSeconds(launch.order().stopGrace())))
                // The first process of a process namespace does not die of TERM, and programs are not made for that.
                .withShareProcessNamespace(true)
                // Variables for every Service of the namespace are not the program's business.
                .withEnableServiceLinks(false)
                .withAutomountServiceAccountToken(role.pod().serviceAccount().isPresent())
                .withSecurityContext(PodSecurity.of(role.pod()))
                .withNodeSelector(role.nodes().selector())
                .withTolerations(NodeTerms.tolerations(role.nodes()))
                .withImagePullSecrets(role.pod().imagePullSecrets().stream()
                        .map(LocalObjectReference::new)
                        .toList())
                .withInitContainers(steps)
                .withContainers(main(volumes))
                .withVolumes(volumes.volumes());
        NodeTerms.affinity(role.nodes()).ifPresent(spec::withAffinity);
        role.pod().serviceAccount().ifPresent(spec::withServiceAccountName);
        role.pod().priorityClass().ifPresent(spec::withPriorityClassName);
        return spec.endSpec().build();
    }

    private ObjectMeta metadata() {
        SortedMap<String, String> labels = new TreeMap<>(role.pod().labels());
        labels.putAll(ReplicaIds.labels(launch.owner(), id));
        SortedMap<String, String> annotations = new TreeMap<>(role.pod().annotations());
        annotations.put(Labels.FENCE, Long.toString(launch.fence()));
        annotations.put(
                Labels.NODE,
                launch.placement()
                        .slot(id.key())
                        .orElseThrow(() -> new IllegalArgumentException("no place for " + id))
                        .node());
        job.code()
                .flatMap(CodeSource::git)
                .map(git -> launch.codeCommit().orElse(git.revision()))
                .ifPresent(revision -> annotations.put(Labels.CODE_REVISION, revision));
        return new ObjectMetaBuilder()
                .withNamespace(launch.owner().namespace())
                .withName(PodNames.pod(launch.owner().name(), id))
                .withLabels(labels)
                .withAnnotations(annotations)
                .withOwnerReferences(launch.owner().reference())
                .build();
    }

    private List<Container> steps(PodVolumes volumes, PlanFiles files) {
        List<Container> steps = new ArrayList<>();
        Optional<GitSource> git = job.code().flatMap(CodeSource::git);
        if (git.isPresent()) {
            GitSync sync = gitSync();
            steps.add(sync.annotated(PodNames.CODE, git.get(), GitSync.Mode.ONCE)
                    .withResources(PodResources.withoutDevices(role.resources()))
                    .build());
            volumes.emptyFolder(PodVolumes.CODE, PodFolders.CODE);
            sync.keys(git.get()).ifPresent(volumes::hidden);
        }
        Optional<PlanFile> requirements = PythonStep.file(job);
        if (requirements.isPresent()) {
            steps.add(PythonStep.container(job, role, image));
            volumes.emptyFolder(PodVolumes.PYTHON, PodFolders.PYTHON);
            volumes.hidden(files.volume(PodVolumes.REQUIREMENTS, List.of(requirements.get())));
        }
        git.filter(GitSource::follow).map(this::follower).ifPresent(steps::add);
        return steps;
    }

    /** Follows what the job names, from the commit on that all replicas have begun with. */
    private Container follower(GitSource git) {
        Container container = gitSync()
                .container(PodNames.CODE_SYNC, git, GitSync.Mode.FOLLOW)
                .withResources(PodResources.leftOver())
                .build();
        container.setRestartPolicy("Always");
        return container;
    }

    private GitSync gitSync() {
        String gitSync = config.gitSyncImage()
                .orElseThrow(() -> new IllegalArgumentException("no image of git-sync is configured"));
        return new GitSync(gitSync, PodVolumes.CODE, PodFolders.CODE);
    }

    private Container main(PodVolumes volumes) {
        Reservation.Endpoint endpoint = launch.reservation()
                .endpoint(id.key())
                .orElseThrow(() -> new IllegalArgumentException("nothing reserved for " + id));
        ContainerBuilder main = new ContainerBuilder()
                .withName(PodNames.MAIN)
                .withImage(image)
                .withCommand(
                        start.plan().command().stream().map(Expansion::planned).toList())
                .withEnv(PodVariables.of(launch, start, role))
                .withPorts(ports(endpoint))
                .withResources(PodResources.of(role.resources()))
                .withSecurityContext(PodSecurity.container(role.pod()))
                .withVolumeMounts(volumes.mounts())
                // The last lines of its output are then in the pod's status.
                .withTerminationMessagePolicy("FallbackToLogsOnError");
        CodePlace.workingDirectory(job, role).ifPresent(main::withWorkingDir);
        ReadyProbe.of(start.plan().ready(), endpoint).ifPresent(main::withStartupProbe);
        role.pod().imagePullPolicy().ifPresent(policy -> main.withImagePullPolicy(policy.word()));
        return main.build();
    }

    /** Each number once, for the cluster knows a container's ports by their numbers. */
    private static List<ContainerPort> ports(Reservation.Endpoint endpoint) {
        Map<Integer, ContainerPort> ports = new TreeMap<>();
        endpoint.ports().forEach((name, number) -> {
            ContainerPortBuilder port =
                    new ContainerPortBuilder().withContainerPort(number).withProtocol("TCP");
            if (PORT_NAME.matcher(name).matches()) {
                port.withName(name);
            }
            ports.putIfAbsent(number, port.build());
        });
        return List.copyOf(ports.values());
    }
}
