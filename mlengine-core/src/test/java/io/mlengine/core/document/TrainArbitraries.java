package io.mlengine.core.document;

import io.mlengine.core.job.BackOff;
import io.mlengine.core.job.ExitCodes;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Retries;
import io.mlengine.core.job.RunPolicy;
import io.mlengine.core.job.SchedulingWishes;
import io.mlengine.core.job.SuccessPolicy;
import io.mlengine.spi.model.Artifact;
import io.mlengine.spi.model.CodeSource;
import io.mlengine.spi.model.DataSource;
import io.mlengine.spi.model.Deciders;
import io.mlengine.spi.model.EnvValue;
import io.mlengine.spi.model.FrameworkOptions;
import io.mlengine.spi.model.GitSource;
import io.mlengine.spi.model.GpuRequest;
import io.mlengine.spi.model.JobEnvironment;
import io.mlengine.spi.model.NodeConstraints;
import io.mlengine.spi.model.NodeRequirement;
import io.mlengine.spi.model.PodOptions;
import io.mlengine.spi.model.PythonEnvironment;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.RestartScope;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Taint;
import io.mlengine.spi.model.Toleration;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.arbitraries.StringArbitrary;

/** Jobs that admission accepts, every field set at times. */
final class TrainArbitraries {
    private TrainArbitraries() {}

    static Arbitrary<String> texts() {
        StringArbitrary any = Arbitraries.strings().ofMaxLength(12);
        return Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(4, any.ascii()),
                net.jqwik.api.Tuple.of(2, any.withChars("aé漢 :#-'\"\\{}[]&*!|>%@`,\n\t0")),
                net.jqwik.api.Tuple.of(
                        2,
                        Arbitraries.of(
                                "",
                                "yes",
                                "no",
                                "null",
                                "~",
                                "010",
                                "0x1f",
                                "1e3",
                                "12:30",
                                "2026-01-01",
                                "true",
                                "- a",
                                "a: b",
                                " x ",
                                "<<",
                                "=",
                                "---",
                                "\u0000",
                                "\u0085",
                                "\uFEFF",
                                "😀",
                                "1_000")));
    }

    static Arbitrary<String> labels() {
        return Arbitraries.strings()
                .withCharRange('a', 'z')
                .ofMinLength(1)
                .ofMaxLength(10)
                .map(word -> word.length() > 3 ? word.substring(0, 2) + "-" + word.substring(2) : word);
    }

    static Arbitrary<Duration> times() {
        return Arbitraries.oneOf(
                Arbitraries.longs().between(1, 1_000_000).map(Duration::ofSeconds),
                Arbitraries.longs().between(1, 10_000).map(Duration::ofMillis),
                Arbitraries.longs().between(1, 100).map(Duration::ofDays),
                Arbitraries.longs().between(1, 5_000_000_000L).map(Duration::ofNanos));
    }

    static Arbitrary<MLTrain> trains() {
        Arbitrary<List<Role>> roles = labels().list()
                .uniqueElements()
                .ofMinSize(1)
                .ofMaxSize(3)
                .flatMap(names -> Combinators.combine(names.stream()
                                .map(name -> role(name, names.subList(0, names.indexOf(name))))
                                .toList())
                        .as(list -> list));
        return Combinators.combine(
                        labels(), roles, sources(), policies(), wishes(), environment(), annotations(), scalars())
                .as((name, list, source, policy, wish, environment, annotations, scalars) -> {
                    int total = list.stream().mapToInt(Role::replicas).sum();
                    List<Role> tracked = list.stream().anyMatch(Role::tracked)
                            ? list
                            : list.stream()
                                    .map(role -> Role.builder()
                                            .from(role)
                                            .tracked(true)
                                            .build())
                                    .toList();
                    return MLTrain.builder()
                            .from(scalars)
                            .name(name)
                            .annotations(annotations)
                            .roles(tracked)
                            .code(source.code())
                            .inputs(source.inputs())
                            .outputs(source.outputs())
                            .runPolicy(policy)
                            .scheduling(wish.gangMinimum().orElse(1) <= total ? wish : SchedulingWishes.NONE)
                            .environment(environment)
                            .build();
                });
    }

    private static Arbitrary<MLTrain> scalars() {
        Arbitrary<Map<String, String>> labels =
                Arbitraries.maps(labels(), labels()).ofMaxSize(2);
        Arbitrary<FrameworkOptions> options = Arbitraries.of(
                        Map.<String, Object>of(),
                        Map.<String, Object>of("nprocPerNode", 4L, "debug", true),
                        Map.<String, Object>of("nprocPerNode", "auto", "scale", 0.5),
                        Map.<String, Object>of("interfaces", List.of("eth0", "1"), "scale", 1e-7))
                .map(FrameworkOptions::of);
        Arbitrary<SuccessPolicy> success = Arbitraries.of(
                SuccessPolicy.DECIDERS,
                SuccessPolicy.ALL,
                new SuccessPolicy(SuccessPolicy.Rule.ALL, OptionalInt.of(1)));
        return Combinators.combine(
                        labels,
                        options,
                        success,
                        Arbitraries.integers().between(-1000, 1000),
                        Arbitraries.of(true, false),
                        labels())
                .as((map, values, rule, priority, preemptible, word) -> MLTrain.named("x")
                        .namespace(word)
                        .labels(map)
                        .framework("pytorch")
                        .frameworkOptions(values)
                        .queue(word)
                        .priority(priority)
                        .preemptible(preemptible)
                        .success(rule)
                        .build());
    }

    private static Arbitrary<Map<String, String>> annotations() {
        return Arbitraries.maps(Arbitraries.of("note", "example.org/a.b", "x_y"), texts())
                .ofMaxSize(2);
    }

    private static Arbitrary<Map<String, EnvValue>> variables() {
        Arbitrary<EnvValue> values =
                Arbitraries.oneOf(texts().map(EnvValue::of), labels().map(name -> EnvValue.secret(name, "key")));
        return Arbitraries.maps(Arbitraries.of("A", "LOG_LEVEL", "_x", "OMP_NUM_THREADS"), values)
                .ofMaxSize(3);
    }

    private static Arbitrary<Role> role(String name, List<String> before) {
        Arbitrary<List<String>> words = texts().list().ofMinSize(1).ofMaxSize(3);
        Arbitrary<Integer> counts = Arbitraries.integers().between(1, 5);
        return Combinators.combine(
                        counts,
                        words,
                        words,
                        variables(),
                        resources(),
                        Arbitraries.integers().between(0, 255),
                        labels())
                .as((replicas, command, args, env, resources, bits, word) -> {
                    Role.Builder role = Role.named(name)
                            .replicas(replicas)
                            .command(command)
                            .args(args)
                            .env(env)
                            .resources(resources)
                            .critical((bits & 1) == 0)
                            .tracked((bits & 2) == 0)
                            .startAfter((bits & 4) == 0 ? List.of() : before);
                    if ((bits & 8) != 0) {
                        role.minReplicas(1).maxReplicas(replicas + 2);
                    }
                    if ((bits & 16) != 0) {
                        role.restartScope(RestartScope.values()[bits % 3]).deciders(Deciders.values()[bits % 3]);
                    }
                    if ((bits & 32) != 0) {
                        role.image("example.org/" + word + ":1.0").workingDirectory(word);
                    }
                    if ((bits & 64) != 0) {
                        role.nodes(nodes(word));
                    }
                    if ((bits & 128) != 0) {
                        role.pod(pod(word, bits));
                    }
                    return role.build();
                });
    }

    private static NodeConstraints nodes(String word) {
        return NodeConstraints.builder()
                .selector("example.org/pool", word)
                .addTolerations(
                        new Toleration("", Toleration.Operator.EXISTS, "", Optional.empty()),
                        new Toleration(word, Toleration.Operator.EQUAL, "yes", Optional.of(Taint.Effect.NO_EXECUTE)))
                .addAnyOf(List.of(new NodeRequirement("gpus", NodeRequirement.Operator.GREATER, List.of("010"))))
                .addAnyOf(List.of(
                        new NodeRequirement("zone", NodeRequirement.Operator.NOT_IN, List.of("a", word)),
                        new NodeRequirement(word, NodeRequirement.Operator.DOES_NOT_EXIST, List.of())))
                .build();
    }

    private static PodOptions pod(String word, int bits) {
        PodOptions.Builder pod = PodOptions.builder().putLabel("team", word).putAnnotation("example.org/note", word);
        if ((bits & 1) == 0) {
            pod.serviceAccount(word)
                    .addImagePullSecret(word)
                    .imagePullPolicy(PodOptions.PullPolicy.values()[bits % 3])
                    .sharedMemoryBytes(bits * 1000L);
        }
        if ((bits & 2) == 0) {
            pod.runAsUser(bits)
                    .runAsGroup(bits)
                    .fsGroup(bits)
                    .runAsNonRoot(bits > 128)
                    .priorityClass(word);
        }
        return pod.build();
    }

    private static Arbitrary<Resources> resources() {
        Arbitrary<Optional<GpuRequest>> gpus = Arbitraries.of(
                Optional.empty(),
                Optional.of(GpuRequest.of(2)),
                Optional.of(GpuRequest.builder()
                        .count(1)
                        .model("A100")
                        .memoryBytes(40_000_000_000L)
                        .build()),
                Optional.of(GpuRequest.builder()
                        .count(3)
                        .migProfile("1g.10gb")
                        .optional(true)
                        .build()));
        Arbitrary<Long> bytes = Arbitraries.oneOf(
                Arbitraries.longs().between(0, Long.MAX_VALUE),
                Arbitraries.longs().between(1, 64).map(size -> size << 30));
        return Combinators.combine(Arbitraries.longs().between(0, 1_000_000), bytes, gpus, Arbitraries.of(0L, 4L))
                .as((cpu, memory, request, extended) -> Resources.builder()
                        .cpuMillis(cpu)
                        .memoryBytes(memory)
                        .gpus(request)
                        .extended(extended == 0 ? new TreeMap<>() : new TreeMap<>(Map.of("nvidia.com/rdma", extended)))
                        .build());
    }

    private record Sources(Optional<CodeSource> code, List<DataSource> inputs, List<Artifact> outputs) {}

    private static Arbitrary<Sources> sources() {
        Arbitrary<Optional<CodeSource>> code = Arbitraries.of(
                Optional.empty(),
                Optional.of(CodeSource.folder(".")),
                Optional.of(CodeSource.builder()
                        .git(GitSource.builder()
                                .repository("git@example.org:team/a.git")
                                .revision("1234567")
                                .path("sub/folder")
                                .credentials("git-token")
                                .follow(true)
                                .build())
                        .build()));
        return Combinators.combine(code, Arbitraries.of(true, false), labels())
                .as((source, some, word) -> new Sources(
                        source,
                        some
                                ? List.of(
                                        new DataSource("a", "/data/" + word, "", true),
                                        new DataSource("b", "pvc://claim/x", "in/b", false))
                                : List.of(),
                        some ? List.of(new Artifact("model", word + "/model.pt")) : List.of()));
    }

    private static Arbitrary<RunPolicy> policies() {
        Arbitrary<ExitCodes> codes = Arbitraries.of(
                ExitCodes.KUBEFLOW,
                new ExitCodes(ExitCodes.Profile.ANY, List.of()),
                new ExitCodes(
                        ExitCodes.Profile.CUSTOM,
                        List.of(new ExitCodes.Range(130, 130), new ExitCodes.Range(137, 143))));
        Arbitrary<Retries> retries = Combinators.combine(
                        Arbitraries.integers().between(0, 100),
                        Arbitraries.integers().between(0, 100))
                .as((user, other) ->
                        new Retries(user, other, other % 2 == 0 ? OptionalInt.empty() : OptionalInt.of(user)));
        return Combinators.combine(
                        codes,
                        retries,
                        times(),
                        times(),
                        times().optional(),
                        Arbitraries.of(true, false),
                        Arbitraries.of(RunPolicy.Cleanup.values()))
                .as((exit, limits, a, b, maybe, flag, cleanup) -> RunPolicy.builder()
                        .exitCodes(exit)
                        .retries(limits)
                        .backOff(new BackOff(a, a.plus(b), b))
                        .startTimeout(b)
                        .stopGrace(a)
                        .activeDeadline(maybe)
                        .progressTimeout(maybe)
                        .ttlAfterFinished(flag ? Optional.of(Duration.ZERO) : maybe)
                        .suspend(flag)
                        .cleanup(cleanup)
                        .build());
    }

    private static Arbitrary<SchedulingWishes> wishes() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 3), times().optional(), Arbitraries.of(true, false))
                .as((least, time, flag) -> SchedulingWishes.builder()
                        .gangMinimum(flag ? OptionalInt.of(least) : OptionalInt.empty())
                        .runTime(time)
                        .topology(
                                flag
                                        ? Optional.of(
                                                new SchedulingWishes.Topology("topology.kubernetes.io/zone", flag))
                                        : Optional.empty())
                        .build());
    }

    private static Arbitrary<JobEnvironment> environment() {
        Arbitrary<Optional<PythonEnvironment>> python = Arbitraries.of(
                Optional.empty(),
                Optional.of(PythonEnvironment.builder()
                        .interpreter("/usr/bin/python3")
                        .requirements(List.of("torch>=2", "numpy"))
                        .gpuRequirements(List.of("torch-gpu"))
                        .systemSitePackages(true)
                        .putBuildVariable("WITH_GLOO", "1")
                        .build()));
        return Combinators.combine(python, variables(), labels().optional())
                .as((found, variables, claim) -> JobEnvironment.builder()
                        .python(found)
                        .variables(variables)
                        .volumeClaim(claim)
                        .build());
    }
}
