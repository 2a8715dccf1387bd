package io.mlengine.backend.k8s.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.mlengine.core.admission.Admission;
import io.mlengine.core.admission.Frameworks;
import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.backend.LaunchOrder;
import io.mlengine.spi.backend.Reservation;
import io.mlengine.spi.framework.PlanFile;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Role;
import io.mlengine.testkit.sim.PlainLauncher;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class PodNamesProperties {
    private static final Admission ADMISSION = new Admission(Frameworks.of(List.of(new PlainLauncher())));
    private static final PodManifests MANIFESTS = new PodManifests(PodConfig.DEFAULT);
    private static final String LABEL = "[a-z]([-a-z0-9]{0,61}[a-z0-9])?";

    @Property
    void namesOfAdmittedJobsAreAsTheClusterWantsThem(
            @ForAll("labels") String name,
            @ForAll("labels") String role,
            @ForAll @IntRange(min = 1, max = PodRules.MOST_REPLICAS) int replicas,
            @ForAll @IntRange(min = 1, max = 999) int attempt,
            @ForAll @IntRange(max = 99) int restart) {
        MLTrain train = MLTrain.builder()
                .name(name)
                .framework("plain")
                .addRole(Role.named(role)
                        .replicas(replicas)
                        .image("example/tool:1")
                        .build())
                .build();
        Assume.that(ADMISSION.check(train).isEmpty());
        JobObjects objects = MANIFESTS.of(launch(train.shape(), role, replicas - 1, attempt, restart));
        Pod pod = objects.pods().get(0);
        assertThat(pod.getMetadata().getName()).matches(LABEL);
        assertThat(pod.getSpec().getHostname()).matches(LABEL);
        assertThat(pod.getSpec().getSubdomain())
                .isEqualTo(objects.service().getMetadata().getName());
        assertThat(objects.beforePods())
                .extracting(object -> object.getMetadata().getName())
                .allSatisfy(found -> assertThat(found).matches("[a-z]([-a-z0-9]{0,251}[a-z0-9])?"));
        assertThat(objects.service().getMetadata().getName()).matches(LABEL);
        assertThat(List.<HasMetadata>of(pod, objects.service()))
                .allSatisfy(
                        object -> assertThat(object.getMetadata().getLabels().values())
                                .allSatisfy(value -> assertThat(value).hasSizeLessThanOrEqualTo(63)));
    }

    @Provide
    Arbitrary<String> labels() {
        return Arbitraries.strings()
                .withCharRange('a', 'z')
                .numeric()
                .withChars('-')
                .ofMinLength(1)
                .ofMaxLength(40)
                .map(text -> "j" + text.replaceAll("-+$", ""));
    }

    private static PodLaunch launch(JobShape job, String role, int index, int attempt, int restart) {
        // A reservation of only the last replica, for a job may have thousands.
        JobShape one = JobShape.builder()
                .from(job)
                .roles(List.of(
                        Role.builder().from(job.roles().get(0)).replicas(1).build()))
                .build();
        PodLaunch first = SampleJobs.launch(one, SampleJobs.attempt(attempt), List.of(), Map.of())
                .build();
        ReplicaKey key = new ReplicaKey(role, index);
        ReplicaPlan plan = ReplicaPlan.builder()
                .key(key)
                .addFile(new PlanFile("file", "text", false))
                .build();
        return PodLaunch.builder()
                .from(first)
                .order(new LaunchOrder(
                        SampleJobs.attempt(attempt),
                        job,
                        List.of(SampleJobs.start(SampleJobs.attempt(attempt), restart, plan)),
                        first.order().stopGrace()))
                .reservation(new Reservation(List.of(new Reservation.Endpoint(key, "host", new TreeMap<>()))))
                .placement(new Placement(List.of(new Placement.Slot(key, "node", List.of()))))
                .build();
    }
}
