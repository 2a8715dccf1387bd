package io.mlengine.backend.k8s.delegate;

import io.mlengine.core.job.Delegate;
import io.mlengine.core.job.DelegateKind;
import io.mlengine.core.job.ExitCodes;
import io.mlengine.core.job.ExitCodes.Profile;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Retries;
import io.mlengine.core.job.RunPolicy;
import io.mlengine.core.job.SchedulingWishes;
import io.mlengine.spi.model.DataSource;
import io.mlengine.spi.model.Deciders;
import io.mlengine.spi.model.EnvValue;
import io.mlengine.spi.model.FrameworkOptions;
import io.mlengine.spi.model.GpuRequest;
import io.mlengine.spi.model.NodeConstraints;
import io.mlengine.spi.model.NodeRequirement;
import io.mlengine.spi.model.PodOptions;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Taint;
import io.mlengine.spi.model.Toleration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Jobs of all kinds that admission accepts, and what two of them that mean the same have in common. */
final class DelegatedTrains {
    private DelegatedTrains() {}

    static Arbitrary<MLTrain> any() {
        return Arbitraries.of(DelegateKind.values())
                .flatMap(kind -> Arbitraries.of(kind.versions())
                        .flatMap(version -> Combinators.combine(
                                        worker(),
                                        policy(version),
                                        Arbitraries.integers().between(1, 4),
                                        Arbitraries.integers().between(0, 63))
                                .as((worker, policy, replicas, bits) ->
                                        train(new Delegate(kind, version), worker, policy, replicas, bits))));
    }

    private static MLTrain train(Delegate delegate, Role worker, RunPolicy policy, int replicas, int bits) {
        boolean first = (bits & 1) > 0;
        boolean second = (bits & 2) > 0;
        MLTrain.Builder train = MLTrain.named("mnist")
                .namespace("team-a")
                .framework(delegate.kind().framework())
                .delegate(delegate)
                .queue((bits & 4) > 0 ? "research" : "default")
                .preemptible((bits & 8) > 0)
                .putLabel("team", "vision")
                .putAnnotation("example.org/note", "by hand")
                .runPolicy(policy);
        if ((bits & 16) > 0) {
            train.inputs(List.of(
                    new DataSource("data", "pvc://mnist/train", "/data", true),
                    new DataSource("results", "pvc://results", "/results", false)));
        }
        if ((bits & 32) > 0) {
            train.scheduling(SchedulingWishes.builder().gangMinimum(1).build());
        }
        Map<String, Object> options = new TreeMap<>();
        List<Role> roles = new ArrayList<>();
        switch (delegate.kind()) {
            case PYTORCH_JOB -> {
                Role torchrun = Role.builder()
                        .from(worker)
                        .command("torchrun", "train.py")
                        .build();
                if (first) {
                    options.put("nprocPerNode", 4L);
                    options.put("masterPort", 29501L);
                }
                if (second) {
                    if (first) {
                        options.put("rdzvBackend", "c10d");
                        options.put("maxRestarts", 7L);
                        options.put("rdzvConf", List.of("timeout=600"));
                    }
                    roles.add(Role.builder()
                            .from(torchrun)
                            .replicas(replicas)
                            .minReplicas(1)
                            .maxReplicas(5)
                            .build());
                } else {
                    roles.add(Role.builder()
                            .from(torchrun)
                            .name("master")
                            .replicas(1)
                            .build());
                    roles.add(Role.builder().from(torchrun).replicas(replicas).build());
                }
            }
            case TF_JOB -> {
                if (first) {
                    options.put("port", 2223L);
                    options.put("dynamicWorkers", true);
                    roles.add(Role.builder().from(worker).name("ps").build());
                }
                roles.add(Role.builder()
                        .from(worker)
                        .replicas(replicas)
                        .deciders(second ? Optional.of(Deciders.ALL) : Optional.empty())
                        .build());
            }
            case XGBOOST_JOB -> {
                if (first) {
                    options.put("masterPort", 9991L);
                }
                roles.add(Role.builder().from(worker).name("master").build());
                roles.add(Role.builder().from(worker).replicas(replicas).build());
            }
            case MPI_JOB -> {
                boolean isNew = delegate.apiVersion().equals(DelegateKind.MPI_V2);
                options.put("slotsPerWorker", (long) replicas);
                if (first && isNew) {
                    options.put("implementation", "mpich");
                    options.put("runLauncherAsWorker", true);
                }
                roles.add(Role.builder()
                        .from(worker)
                        .name("launcher")
                        .command("mpirun", "python", "train.py")
                        .startAfter(second && isNew ? List.of("worker") : List.of())
                        .build());
                roles.add(Role.builder()
                        .from(worker)
                        .command(List.of())
                        .args(List.of())
                        .replicas(replicas)
                        .build());
            }
        }
        return train.frameworkOptions(FrameworkOptions.of(options)).roles(roles).build();
    }

    private static Arbitrary<RunPolicy> policy(String version) {
        Arbitrary<Profile> profiles = version.equals(DelegateKind.MPI_V2)
                ? Arbitraries.just(Profile.ANY)
                : Arbitraries.of(Profile.KUBEFLOW, Profile.ANY, Profile.NONE);
        return Combinators.combine(
                        profiles,
                        Arbitraries.integers().between(0, 9),
                        Arbitraries.integers().between(1, 100_000),
                        Arbitraries.of(RunPolicy.Cleanup.values()))
                .as((profile, retries, seconds, cleanup) -> RunPolicy.builder()
                        .exitCodes(new ExitCodes(profile, List.of()))
                        .retries(new Retries(retries, Retries.DEFAULT.infrastructure(), OptionalInt.empty()))
                        .activeDeadline(Duration.ofSeconds(seconds))
                        .stopGrace(Duration.ofSeconds(1 + seconds % 300))
                        .cleanup(cleanup)
                        .build());
    }

    private static Arbitrary<Role> worker() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 64_000),
                        Arbitraries.integers().between(1, 1_000_000),
                        Arbitraries.integers().between(0, 8),
                        Arbitraries.integers().between(0, 255))
                .as(DelegatedTrains::worker);
    }

    private static Role worker(int millis, int kib, int gpus, int bits) {
        Resources.Builder resources = Resources.builder().cpuMillis(millis).memoryBytes(kib * 1024L);
        if (gpus > 0) {
            GpuRequest.Builder request = GpuRequest.builder().count(gpus);
            if ((bits & 1) > 0) {
                request.migProfile("1g.10gb");
            }
            resources.gpus(request.build());
        }
        if ((bits & 2) > 0) {
            resources.putExtended("rdma/hca", 2L);
        }
        Role.Builder worker = Role.named("worker")
                .image("registry.example.com/mnist:1")
                .command("python", "train.py")
                .args(List.of("--lr", "0.1"))
                .env("LEVEL", "debug")
                .resources(resources.build());
        if ((bits & 4) > 0) {
            worker.putEnv("TOKEN", EnvValue.secret("hub", "token")).workingDirectory("/work");
        }
        if ((bits & 8) > 0) {
            worker.nodes(NodeConstraints.builder()
                    .selector("pool", "gpu")
                    .addToleration(new Toleration(
                            "gpu", Toleration.Operator.EXISTS, "", Optional.of(Taint.Effect.NO_SCHEDULE)))
                    .addAnyOf(List.of(new NodeRequirement("zone", NodeRequirement.Operator.IN, List.of("a", "b"))))
                    .build());
        }
        PodOptions.Builder pod = PodOptions.builder();
        if ((bits & 16) > 0) {
            pod.putLabel("app", "mnist")
                    .putAnnotation("example.org/owner", "vision")
                    .serviceAccount("trainer");
        }
        if ((bits & 32) > 0) {
            pod.addImagePullSecret("registry")
                    .imagePullPolicy(PodOptions.PullPolicy.ALWAYS)
                    .sharedMemoryBytes(1L << 30);
        }
        if ((bits & 64) > 0) {
            pod.runAsUser(1000).runAsGroup(1000).fsGroup(2000).runAsNonRoot(true);
        }
        if ((bits & 128) > 0) {
            pod.priorityClass("high");
        }
        return worker.pod(pod.build()).build();
    }

    /** The job without what Kubeflow has no place for and the engine keeps itself, and without other words for the same. */
    static MLTrain meaning(MLTrain train) {
        RunPolicy policy = train.runPolicy();
        Map<String, Object> options = new TreeMap<>(train.frameworkOptions().values());
        // There is no other way in Kubeflow, so it is not said.
        options.remove("tracker", "rank0");
        return MLTrain.builder()
                .from(train)
                .delegate(Optional.empty())
                .frameworkOptions(FrameworkOptions.of(options))
                .runPolicy(RunPolicy.builder()
                        .from(policy)
                        .ttlAfterFinished(Optional.empty())
                        .suspend(false)
                        .cleanup(
                                policy.cleanup() == RunPolicy.Cleanup.NONE
                                        ? RunPolicy.Cleanup.RUNNING
                                        : policy.cleanup())
                        .build())
                .build();
    }
}
