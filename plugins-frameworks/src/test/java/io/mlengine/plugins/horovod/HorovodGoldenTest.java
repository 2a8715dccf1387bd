package io.mlengine.plugins.horovod;

import io.mlengine.build.testing.GoldenFile;
import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.framework.PlanFile;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Role;
import io.mlengine.testkit.arbitrary.ClusterViews;
import io.mlengine.testkit.arbitrary.ClusterViews.Place;
import io.mlengine.testkit.contract.PlanText;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HorovodGoldenTest {
    private final HorovodLauncher launcher = new HorovodLauncher();

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void plansAsRecorded(String name, JobShape job, Place place) {
        assertRecorded(name, launcher.plan(ClusterViews.of(launcher, job, place, 1)));
    }

    static Stream<Arguments> plansAsRecorded() {
        Role two = Jobs.worker(2);
        Role board = Role.named("tensorboard")
                .command("tensorboard", "--logdir=logs")
                .tracked(false)
                .build();
        return Stream.of(
                Arguments.of("one-host", Jobs.of(two, board), Place.ONE_HOST),
                Arguments.of("one-host-gpus", Jobs.of(Jobs.withGpus(two, 1)), Place.ONE_HOST),
                Arguments.of("one-host-mig", Jobs.of(Jobs.withMig(two, 1)), Place.ONE_HOST),
                Arguments.of("elastic-one-host", Jobs.of(Jobs.elastic(1, 2, 3)), Place.ONE_HOST),
                Arguments.of(
                        "elastic-pods",
                        Jobs.with(Map.of("resetLimit", 9), Jobs.withGpus(Jobs.elastic(1, 2, 3), 1)),
                        Place.PODS),
                Arguments.of("pods", Jobs.of(Jobs.withGpus(two, 1)), Place.PODS),
                Arguments.of(
                        "pods-options",
                        Jobs.with(
                                Map.of("networkInterface", "net1", "timeoutSeconds", 60, "rendezvousPort", 7000), two),
                        Place.PODS));
    }

    /** Replicas on two hosts in turns: ranks follow the hosts, not the indexes. */
    @Test
    void plansAsRecordedOnSeveralHosts() {
        ClusterView pods = ClusterViews.of(launcher, Jobs.of(Jobs.withGpus(Jobs.worker(4), 1)), Place.PODS, 1);
        ClusterView hosts = ClusterView.builder()
                .from(pods)
                .members(pods.members().stream()
                        .map(member -> new ClusterView.Member(
                                member.key(),
                                "node-" + (member.key().index() % 2),
                                member.ports(),
                                member.devices(),
                                member.deviceCount()))
                        .toList())
                .build();
        assertRecorded("several-hosts", launcher.plan(hosts));
    }

    private static void assertRecorded(String name, LaunchPlan plan) {
        GoldenFile.named("golden/horovod-" + name + ".json").assertMatches(PlanText.of(withoutPrograms(plan)));
    }

    /** The sources of programs are under test elsewhere, and would hide everything else here. */
    private static LaunchPlan withoutPrograms(LaunchPlan plan) {
        List<ReplicaPlan> replicas = plan.replicas().stream()
                .map(replica -> ReplicaPlan.builder()
                        .from(replica)
                        .files(replica.files().stream()
                                .map(file -> file.path().endsWith(".py") || file.executable()
                                        ? new PlanFile(file.path(), "", file.executable())
                                        : file)
                                .toList())
                        .build())
                .toList();
        return new LaunchPlan(replicas, plan.notes());
    }
}
