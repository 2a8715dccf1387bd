package io.mlengine.testkit.arbitrary;

import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.ClusterView.Member;
import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.Device;
import io.mlengine.spi.model.GpuRequest;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Views of jobs as the two kinds of backend make them: on one host, and with the names of pods. */
public final class ClusterViews {
    private static final JobId JOB = JobId.of("j-7f3a");
    private static final int FIRST_LEASED_PORT = 20001;

    private ClusterViews() {}

    /** Where the replicas are. */
    public enum Place {
        /** All on this machine: one address, leased ports, devices by name. */
        ONE_HOST,
        /** Each in a pod: an address and a network of its own, devices by number only. */
        PODS
    }

    /** Views of any attempt at either place; the job gets the launcher's defaults first. */
    public static Arbitrary<ClusterView> of(FrameworkLauncher launcher, JobShape job) {
        return Combinators.combine(
                        Arbitraries.of(Place.class), Arbitraries.integers().between(1, 20))
                .as((place, attempt) -> of(launcher, job, place, attempt));
    }

    /** The view of a job's attempt, with the launcher's defaults and the ports that it needs. */
    public static ClusterView of(FrameworkLauncher launcher, JobShape job, Place place, int attempt) {
        return of(launcher, launcher.defaults(job), place, attempt, 0);
    }

    /** The view after the role got another number of replicas; the others stay where they are. */
    public static ClusterView resized(FrameworkLauncher launcher, ClusterView view, String role, int replicas) {
        List<Role> roles = view.job().roles().stream()
                .map(each -> each.name().equals(role)
                        ? Role.builder().from(each).replicas(replicas).build()
                        : each)
                .toList();
        JobShape job = JobShape.builder().from(view.job()).roles(roles).build();
        boolean isOneHost =
                view.members().stream().allMatch(member -> member.host().equals("127.0.0.1"));
        return of(
                launcher,
                job,
                isOneHost ? Place.ONE_HOST : Place.PODS,
                view.attempt().number(),
                view.epoch() + 1);
    }

    private static ClusterView of(FrameworkLauncher launcher, JobShape job, Place place, int attempt, int epoch) {
        AttemptId id = new AttemptId(JOB, attempt);
        Needs needs = launcher.needs(job);
        List<Member> members = new ArrayList<>();
        int devices = 0;
        for (Role role : job.roles()) {
            for (int index = 0; index < role.replicas(); index++) {
                ReplicaKey key = new ReplicaKey(role.name(), index);
                members.add(new Member(
                        key,
                        place == Place.ONE_HOST ? "127.0.0.1" : podName(id, job, key),
                        ports(needs, key, place, job),
                        place == Place.ONE_HOST ? devices(role, devices) : List.of(),
                        role.resources().gpuCount()));
                devices += role.resources().gpuCount();
            }
        }
        return ClusterView.builder()
                .attempt(id)
                .epoch(epoch)
                .job(job)
                .members(members)
                .build();
    }

    private static String podName(AttemptId attempt, JobShape job, ReplicaKey key) {
        return new ReplicaId(attempt, key.role(), key.index(), 0).runName(job.name()) + "." + job.name();
    }

    private static TreeMap<String, Integer> ports(Needs needs, ReplicaKey key, Place place, JobShape job) {
        TreeMap<String, Integer> ports = new TreeMap<>();
        for (Needs.Port port : needs.ports()) {
            if (port.replica().equals(key)) {
                ports.put(port.name(), place == Place.PODS ? port.preferred() : leased(ports.size(), key, job));
            }
        }
        return ports;
    }

    /** A port that depends on the replica alone, so that survivors of a resize keep theirs. */
    private static int leased(int number, ReplicaKey key, JobShape job) {
        int role = 0;
        while (!job.roles().get(role).name().equals(key.role())) {
            role++;
        }
        return FIRST_LEASED_PORT + role * 1000 + key.index() * 10 + number;
    }

    private static List<Device> devices(Role role, int first) {
        Optional<GpuRequest> request = role.resources().gpus();
        List<Device> devices = new ArrayList<>();
        for (int i = first; i < first + role.resources().gpuCount(); i++) {
            Optional<String> profile = request.flatMap(GpuRequest::migProfile);
            devices.add(Device.builder()
                    .id((profile.isPresent() ? "MIG-" : "GPU-") + i)
                    .index(i)
                    .model(request.flatMap(GpuRequest::model).orElse("H200"))
                    .migProfile(profile)
                    .parent(profile.map(any -> "GPU-0"))
                    .build());
        }
        return devices;
    }
}
