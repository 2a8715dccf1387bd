package io.mlengine.backend.k8s.pod;

import io.mlengine.backend.k8s.resource.JobIds;
import io.mlengine.spi.backend.LaunchOrder;
import io.mlengine.spi.backend.Reservation;
import io.mlengine.spi.framework.PlanFile;
import io.mlengine.spi.framework.Ready;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.framework.ReplicaPlan.DeviceVisibility;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.CodeSource;
import io.mlengine.spi.model.DataSource;
import io.mlengine.spi.model.EnvValue;
import io.mlengine.spi.model.FrameworkName;
import io.mlengine.spi.model.GitSource;
import io.mlengine.spi.model.GpuRequest;
import io.mlengine.spi.model.JobEnvironment;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.NodeConstraints;
import io.mlengine.spi.model.NodeRequirement;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.PodOptions;
import io.mlengine.spi.model.PythonEnvironment;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Taint;
import io.mlengine.spi.model.Toleration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Launches of jobs as their launchers would plan them. */
final class SampleJobs {
    static final String UID = "0b6f4a52-6d0e-4c1e-9a53-2f0f4a3f9c11";
    static final String SECRET = "5ec2e7".repeat(10) + "beef";
    static final String COMMIT = "8c2f1d0e9b7a6c5d4e3f2a1b0c9d8e7f6a5b4c3d";
    static final PodConfig CONFIG =
            PodConfig.builder().gitSyncImage("example/git-sync:v4").build();
    static final long GIB = 1L << 30;

    private SampleJobs() {}

    static JobOwner owner(String job) {
        return new JobOwner("mlengine.io/v1", "MLTrain", "research", job, UID);
    }

    static AttemptId attempt(int number) {
        return new AttemptId(JobIds.of(UID), number);
    }

    /** Two workers with GPUs, code from git, data in claims, and everything that a pod may carry. */
    static PodLaunch pytorch() {
        Role worker = Role.named("worker")
                .replicas(2)
                .image("example/torch:2")
                .command("python", "train.py")
                .args(List.of("--price", "$5", "--home", "$(HOME)"))
                .env("GREETING", "cost: $$(MLENGINE_PLAN_DIR)")
                .workingDirectory("src")
                .resources(Resources.builder()
                        .cpuMillis(3500)
                        .memoryBytes(16 * GIB)
                        .gpus(GpuRequest.builder().count(2).model("A100").build())
                        .putExtended("rdma/hca", 1L)
                        .build())
                .nodes(NodeConstraints.builder()
                        .selector("zone", "a")
                        .addToleration(new Toleration(
                                "nvidia.com/gpu",
                                Toleration.Operator.EXISTS,
                                "",
                                Optional.of(Taint.Effect.NO_SCHEDULE)))
                        .addToleration(new Toleration("team", Toleration.Operator.EQUAL, "nlp", Optional.empty()))
                        .addAnyOf(List.of(
                                new NodeRequirement("disk", NodeRequirement.Operator.IN, List.of("ssd", "nvme")),
                                new NodeRequirement("spot", NodeRequirement.Operator.DOES_NOT_EXIST, List.of())))
                        .build())
                .pod(PodOptions.builder()
                        .putLabel("team", "nlp")
                        .putLabel("mlengine.io/role", "spoofed")
                        .putAnnotation("example.org/cost", "42")
                        .addImagePullSecret("registry")
                        .imagePullPolicy(PodOptions.PullPolicy.IF_NOT_PRESENT)
                        .sharedMemoryBytes(8 * GIB)
                        .runAsUser(1000)
                        .fsGroup(2000)
                        .runAsNonRoot(true)
                        .serviceAccount("trainer")
                        .priorityClass("batch")
                        .build())
                .build();
        JobShape job = JobShape.builder()
                .name("bert")
                .namespace("research")
                .framework(FrameworkName.of("pytorch"))
                .addRole(worker)
                .code(CodeSource.builder()
                        .git(GitSource.builder()
                                .repository("https://git.example.org/nlp/bert.git")
                                .revision("main")
                                .path("examples/mnist")
                                .credentials("git-login")
                                .build())
                        .build())
                .addInput(new DataSource("train-set", "pvc://datasets/wiki/en", "", true))
                .addInput(new DataSource("cache", "pvc://results", "cache", false))
                .environment(JobEnvironment.builder()
                        .volumeClaim("results")
                        .putVariable("TOKEN", EnvValue.secret("hub", "token"))
                        .python(PythonEnvironment.builder()
                                .addRequirements("--extra-index-url https://pip.example.org/simple", "datasets>=2")
                                .putBuildVariable("MAX_JOBS", "2")
                                .build())
                        .build())
                .build();
        AttemptId attempt = attempt(1);
        List<LaunchOrder.Start> starts = new ArrayList<>();
        for (int rank = 0; rank < 2; rank++) {
            ReplicaKey key = new ReplicaKey("worker", rank);
            starts.add(start(
                    attempt,
                    0,
                    ReplicaPlan.builder()
                            .key(key)
                            .command(worker.commandLine())
                            .env("RANK", rank)
                            .env("WORLD_SIZE", 2)
                            .env("MASTER_ADDR", PodNames.host(owner("bert"), attempt, new ReplicaKey("worker", 0)))
                            .env("MASTER_PORT", 29500)
                            .ready(rank == 0 ? Ready.port("master") : Ready.STARTED)
                            .devices(DeviceVisibility.JOB_ON_HOST)
                            .build()));
        }
        return launch(job, attempt, starts, Map.of("worker", Map.of("master", 29500)))
                .codeCommit(COMMIT)
                .build();
    }

    /** A parameter server and two workers with files, one of them restarted, and nothing that outlives the pods. */
    static PodLaunch tensorflow() {
        Role server = Role.named("ps")
                .image("example/tf:2")
                .command("python", "/app/train.py")
                .build();
        Role worker = Role.named("worker")
                .replicas(2)
                .image("example/tf:2")
                .workingDirectory("/app")
                .resources(Resources.builder()
                        .cpus(2)
                        .memoryBytes(3_000_000_000L)
                        .gpus(GpuRequest.builder()
                                .count(1)
                                .migProfile("1g.10gb+me")
                                .build())
                        .build())
                .build();
        JobShape job = JobShape.builder()
                .name("rec")
                .namespace("research")
                .framework(FrameworkName.of("tensorflow"))
                .addRoles(server, worker)
                .build();
        AttemptId attempt = attempt(3);
        PlanFile shared = new PlanFile("lib/cluster.json", "{\"cluster\": 3}\n", false);
        PlanFile program = new PlanFile("agent.sh", "#!/bin/sh\nexec \"$@\"\n", true);
        List<LaunchOrder.Start> starts = List.of(
                start(
                        attempt,
                        0,
                        ReplicaPlan.builder()
                                .key(new ReplicaKey("ps", 0))
                                .command(List.of(program.reference(), "python", "/app/train.py"))
                                .env("TF_CONFIG", "{\"task\": {\"type\": \"ps\", \"index\": 0}}")
                                .addFiles(shared, program)
                                .ready(Ready.port("grpc"))
                                .build()),
                start(
                        attempt,
                        2,
                        ReplicaPlan.builder()
                                .key(new ReplicaKey("worker", 1))
                                .env("TF_CONFIG_FILE", shared.reference())
                                .addFiles(shared, new PlanFile("index", "1", false))
                                .ready(Ready.file("up"))
                                .devices(DeviceVisibility.NONE)
                                .build()));
        return launch(job, attempt, starts, Map.of("ps", Map.of("grpc", 2222, "a-port-with-a-long-name", 2223)))
                .attemptSecret(Optional.empty())
                .build();
    }

    /** The least that runs: an image with its own entry point, and code over ssh. */
    static PodLaunch smallest() {
        JobShape job = JobShape.builder()
                .name("tiny")
                .namespace("research")
                .framework(FrameworkName.of("command"))
                .addRole(Role.named("main").image("example/tool:1").build())
                .code(CodeSource.builder()
                        .git(GitSource.builder()
                                .repository("git@git.example.org:nlp/tool.git")
                                .credentials("deploy-key")
                                .build())
                        .build())
                .build();
        AttemptId attempt = attempt(1);
        ReplicaPlan plan = ReplicaPlan.builder().key(new ReplicaKey("main", 0)).build();
        return launch(job, attempt, List.of(start(attempt, 0, plan)), Map.of()).build();
    }

    static LaunchOrder.Start start(AttemptId attempt, int restart, ReplicaPlan plan) {
        ReplicaKey key = plan.key();
        return new LaunchOrder.Start(new ReplicaId(attempt, key.role(), key.index(), restart), plan);
    }

    /** A launch of all replicas of a job, each on a node of its own; ports by role and name. */
    static PodLaunch.Builder launch(
            JobShape job, AttemptId attempt, List<LaunchOrder.Start> starts, Map<String, Map<String, Integer>> ports) {
        JobOwner owner = owner(job.name());
        List<Reservation.Endpoint> endpoints = new ArrayList<>();
        List<Placement.Slot> slots = new ArrayList<>();
        for (Role role : job.roles()) {
            for (int i = 0; i < role.replicas(); i++) {
                ReplicaKey key = new ReplicaKey(role.name(), i);
                endpoints.add(new Reservation.Endpoint(
                        key,
                        PodNames.host(owner, attempt, key),
                        new TreeMap<>(ports.getOrDefault(role.name(), Map.of()))));
                slots.add(new Placement.Slot(key, "node-" + key, List.of()));
            }
        }
        return PodLaunch.builder()
                .owner(owner)
                .order(new LaunchOrder(attempt, job, starts, Duration.ofMillis(30_500)))
                .reservation(new Reservation(endpoints))
                .placement(new Placement(slots))
                .fence(7)
                .attemptSecret(SECRET);
    }
}
