package io.mlengine.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.scheduling.ClusterState;
import io.mlengine.core.scheduling.Gang;
import io.mlengine.core.scheduling.GangRole;
import io.mlengine.core.scheduling.Plan;
import io.mlengine.core.scheduling.RunningGang;
import io.mlengine.spi.model.Device;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Node;
import io.mlengine.spi.model.Placement;
import io.mlengine.testkit.cluster.ClusterLedger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/** Looks at a plan by itself: do its decisions have a form that may be carried out? */
final class PlanShape {
    private final SortedMap<String, Node> nodes = new TreeMap<>();
    private final SortedMap<JobId, Gang> gangs = new TreeMap<>();
    private final SortedMap<JobId, RunningGang> running = new TreeMap<>();
    private final Plan plan;

    private PlanShape(ClusterState state, Plan plan) {
        state.nodes().forEach(node -> nodes.put(node.name(), node));
        state.pending().forEach(gang -> gangs.put(gang.id(), gang));
        state.running().forEach(gang -> gangs.put(gang.id(), gang));
        state.running().forEach(gang -> running.put(gang.id(), gang));
        this.plan = plan;
    }

    static PlanShape of(ClusterState state, Plan plan) {
        return new PlanShape(state, plan);
    }

    static Set<JobId> victims(Plan plan) {
        Set<JobId> victims = new TreeSet<>();
        plan.evictions().forEach(eviction -> victims.add(eviction.victim()));
        return victims;
    }

    void assertPlacesMatchRequests() {
        forEachNewPlace(this::assertMatches);
    }

    void assertNodesAreAllowed() {
        forEachNewPlace((job, slot) -> {
            GangRole role = gang(job).roles().stream()
                    .filter(candidate -> candidate.name().equals(slot.key().role()))
                    .findFirst()
                    .orElseThrow();
            assertThat(role.nodes().refusal(node(slot.node())))
                    .as("%s of %s on %s", slot.key(), job, slot.node())
                    .isEmpty();
        });
    }

    private void forEachNewPlace(BiConsumer<JobId, Placement.Slot> check) {
        plan.starts().forEach(start -> start.placement().replicas().forEach(slot -> check.accept(start.job(), slot)));
        plan.resizes()
                .forEach(resize -> resize.placement().replicas().stream()
                        .filter(slot -> !placed(resize.job()).contains(slot))
                        .forEach(slot -> check.accept(resize.job(), slot)));
    }

    private void assertMatches(JobId job, Placement.Slot slot) {
        Node node = node(slot.node());
        assertThat(node.schedulable()).isTrue();
        var resources = ClusterLedger.resources(gang(job), slot);
        assertThat(slot.devices()).hasSize(resources.gpuCount());
        for (String id : slot.devices()) {
            Device device = node.devices().stream()
                    .filter(candidate -> candidate.id().equals(id))
                    .findFirst()
                    .orElseThrow();
            var request = resources.gpus().orElseThrow();
            assertThat(device.availability()).isEqualTo(Device.Availability.AVAILABLE);
            assertThat(device.migProfile()).isEqualTo(request.migProfile());
            assertThat(device.memoryBytes())
                    .isGreaterThanOrEqualTo(request.memoryBytes().orElse(0));
            assertThat(device.model().toLowerCase(Locale.ROOT))
                    .contains(request.model().orElse("").toLowerCase(Locale.ROOT));
            assertThat(node.devices())
                    .noneMatch(child -> child.parent().filter(id::equals).isPresent());
        }
    }

    void assertStartsAreWholeGangs() {
        assertThat(plan.starts()).extracting(Plan.Start::job).doesNotHaveDuplicates();
        for (Plan.Start start : plan.starts()) {
            Gang gang = gang(start.job());
            int all = 0;
            for (GangRole role : gang.roles()) {
                List<Integer> indexes = indexes(start.placement(), role.name());
                assertThat(indexes.size()).isBetween(role.least(), role.count());
                for (int index = 0; index < indexes.size(); index++) {
                    assertThat(indexes.get(index)).isEqualTo(index);
                }
                all += indexes.size();
            }
            int wished = gang.roles().stream().mapToInt(GangRole::count).sum();
            assertThat(start.placement().replicas()).hasSize(all);
            assertThat(all)
                    .isGreaterThanOrEqualTo(Math.min(wished, gang.gangMinimum().orElse(1)));
            assertIsNear(gang, start.placement());
        }
    }

    private void assertIsNear(Gang gang, Placement placement) {
        gang.topology().filter(wish -> wish.required()).ifPresent(wish -> {
            List<String> domains = new ArrayList<>();
            for (Placement.Slot slot : placement.replicas()) {
                String label = node(slot.node()).labels().get(wish.level());
                String domain = wish.level().equals("node") ? slot.node() : label;
                assertThat(domain).isNotNull();
                domains.add(domain);
            }
            assertThat(domains.stream().distinct()).hasSizeLessThanOrEqualTo(1);
        });
    }

    void assertVictimsMayBeStopped() {
        assertThat(plan.evictions()).extracting(Plan.Eviction::victim).doesNotHaveDuplicates();
        for (Plan.Eviction eviction : plan.evictions()) {
            RunningGang victim = running(eviction.victim());
            assertThat(victim.draining()).isFalse();
            assertThat(victim.preemptible()).isTrue();
            assertThat(plan.resizes()).extracting(Plan.Resize::job).doesNotContain(eviction.victim());
            assertThat(eviction.reason()).contains(eviction.beneficiary().value());
        }
    }

    void assertGrowthKeepsPlacesAndBounds() {
        for (Plan.Resize resize : plan.resizes()) {
            assertThat(running(resize.job()).draining()).isFalse();
            assertThat(resize.placement().replicas()).containsAll(placed(resize.job()));
            assertThat(resize.placement().replicas())
                    .hasSizeGreaterThan(placed(resize.job()).size());
            for (GangRole role : gang(resize.job()).roles()) {
                List<Integer> indexes = indexes(resize.placement(), role.name());
                assertThat(indexes).doesNotHaveDuplicates().hasSizeLessThanOrEqualTo(role.count());
            }
        }
    }

    private List<Placement.Slot> placed(JobId job) {
        return running(job).placement().replicas();
    }

    private static List<Integer> indexes(Placement placement, String role) {
        return placement.replicas().stream()
                .filter(slot -> slot.key().role().equals(role))
                .map(slot -> slot.key().index())
                .sorted()
                .toList();
    }

    private Gang gang(JobId job) {
        Gang gang = gangs.get(job);
        if (gang == null) {
            throw new AssertionError("a plan for a job that is not there: " + job);
        }
        return gang;
    }

    private RunningGang running(JobId job) {
        RunningGang gang = running.get(job);
        if (gang == null) {
            throw new AssertionError("a plan for a job that does not run: " + job);
        }
        return gang;
    }

    private Node node(String name) {
        Node node = nodes.get(name);
        if (node == null) {
            throw new AssertionError("a place on a node that is not there: " + name);
        }
        return node;
    }
}
