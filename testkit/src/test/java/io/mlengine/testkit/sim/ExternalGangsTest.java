package io.mlengine.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.api.JobHandle;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Phase;
import io.mlengine.core.queue.QueueConfig;
import io.mlengine.spi.backend.ExternalGang;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.NodeConstraints;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Gangs that others made, beside jobs of the engine's own, on two nodes with four GPUs each. */
class ExternalGangsTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final SimulatedEngine simulation = SimulatedEngine.builder()
            .seed(7)
            .nodes(2, 16, 4)
            .replicas(id -> ReplicaScript.forever())
            .build();
    private final SimulatedGangs gangs = simulation.backend().gangs();

    @AfterEach
    void noNodeIsCrowded() {
        assertThat(simulation.backend().crowded()).isEmpty();
        assertThat(simulation.backend().breaches()).isEmpty();
    }

    private ExternalGang.Builder gang(String name, int size, int present) {
        List<ExternalGang.Member> members = new ArrayList<>();
        for (int i = 0; i < present; i++) {
            members.add(member(name + "-" + i, Optional.empty()));
        }
        return ExternalGang.builder()
                .id(id(name))
                .name(name)
                .createdAt(Instant.EPOCH)
                .size(size)
                .members(members);
    }

    private static ExternalGang.Member member(String name, Optional<String> node) {
        return new ExternalGang.Member(name, Resources.builder().gpus(1).build(), NodeConstraints.NONE, node, false);
    }

    private static JobId id(String name) {
        return JobId.of("gang-" + name);
    }

    private static MLTrain job(String name, int workers, int priority) {
        return MLTrain.named(name)
                .framework("plain")
                .priority(priority)
                .addRole(Role.named("worker")
                        .replicas(workers)
                        .command("work")
                        .resources(Resources.builder().gpus(1).build())
                        .build())
                .build();
    }

    private void awaitPlaced(String name, int count) {
        simulation.runUntil(() -> gangs.placed(id(name)).size() == count, Duration.ofMinutes(5));
    }

    @Test
    void aGangWaitsForItsMembersAndThenIsPlacedWhole() {
        gangs.put(gang("a", 6, 3).build());
        simulation.runFor(SOON);
        assertThat(gangs.placed(id("a"))).isEmpty();
        assertThat(gangs.reason(id("a"))).isEqualTo("waiting for members: 3 of 6 exist");

        gangs.put(gang("a", 6, 6).build());
        simulation.runFor(SOON);
        assertThat(gangs.placed(id("a"))).hasSize(6);
    }

    @Test
    void whatDoesNotFitWaitsWholeSaysWhyAndRunsWhenThereIsRoom() {
        gangs.put(gang("a", 6, 6).build());
        gangs.put(gang("b", 6, 6).build());
        simulation.runFor(SOON);
        assertThat(gangs.placed(id("a"))).hasSize(6);
        assertThat(gangs.placed(id("b"))).isEmpty();
        assertThat(gangs.reason(id("b"))).contains("GPU");

        gangs.end(id("a"), 6);
        simulation.runFor(SOON);
        assertThat(gangs.placed(id("b"))).hasSize(6);
    }

    @Test
    void jobsAndGangsCountEachOthersPlaces() {
        JobHandle job = simulation.submit(job("job", 6, 0));
        simulation.runFor(SOON);
        gangs.put(gang("a", 4, 4).build());
        simulation.runFor(SOON);
        assertThat(job.view().phase()).isEqualTo(Phase.RUNNING);
        assertThat(gangs.placed(id("a"))).isEmpty();

        job.cancel("room");
        simulation.runFor(Duration.ofMinutes(2));
        assertThat(gangs.placed(id("a"))).hasSize(4);
        JobHandle second = simulation.submit(job("second", 6, 0));
        simulation.runFor(SOON);
        assertThat(second.view().phase()).isEqualTo(Phase.QUEUED);
    }

    @Test
    void aGangThatCouldNotBePlacedBacksOffAndOthersGoFirst() {
        gangs.failNextPlacing(id("a"), 3);
        gangs.put(gang("a", 6, 6).build());
        gangs.put(gang("b", 6, 6).build());
        awaitPlaced("b", 6);
        assertThat(gangs.placed(id("a"))).isEmpty();
        simulation.runFor(SOON);
        assertThat(gangs.reason(id("a"))).endsWith("; last time: simulated");

        gangs.end(id("b"), 6);
        awaitPlaced("a", 6);
    }

    @Test
    void aBareGangThatWasPlacedInPartGetsTheRestLater() {
        gangs.isBare(id("a"));
        gangs.failNextPlacing(id("a"), 3);
        gangs.put(gang("a", 6, 6).build());
        simulation.runFor(Duration.ofMillis(500));
        assertThat(gangs.placed(id("a"))).hasSize(3);
        awaitPlaced("a", 6);
    }

    @Test
    void aMoreImportantJobEvictsAGangWhichComesBack() {
        gangs.put(gang("a", 6, 6).build());
        simulation.runFor(SOON);
        JobHandle job = simulation.submit(job("important", 4, 10));
        simulation.runFor(SOON);
        assertThat(job.view().phase()).isEqualTo(Phase.RUNNING);
        assertThat(gangs.placed(id("a"))).isEmpty();

        job.cancel("done");
        awaitPlaced("a", 6);
    }

    @Test
    void aGangThatMustNotBeEvictedStays() {
        gangs.put(gang("a", 6, 6).preemptible(false).build());
        simulation.runFor(SOON);
        JobHandle job = simulation.submit(job("important", 4, 10));
        simulation.runFor(SOON);
        assertThat(job.view().phase()).isEqualTo(Phase.QUEUED);
        assertThat(gangs.placed(id("a"))).hasSize(6);
    }

    @Test
    void aMoreImportantGangEvictsAJob() {
        JobHandle job = simulation.submit(job("job", 6, 0));
        simulation.runFor(SOON);
        gangs.put(gang("a", 6, 6).priority(10).build());
        awaitPlaced("a", 6);
        assertThat(job.view().phase()).isEqualTo(Phase.QUEUED);
    }

    @Test
    void aMemberThatIsMadeAgainJoinsAWholeGangAtOnce() {
        gangs.put(gang("a", 4, 4).build());
        simulation.runFor(SOON);
        List<ExternalGang.Member> left = new ArrayList<>();
        gangs.placed(id("a")).forEach((name, node) -> left.add(member(name, Optional.of(node))));
        left.set(3, member("a-9", Optional.empty()));
        // Two have done their work meanwhile.
        gangs.put(gang("a", 4, 0).members(left.subList(2, 4)).build());
        awaitPlaced("a", 2);
    }

    @Test
    void aRunningGangOfWhichSomeHaveEndedIsNotSaidToWait() {
        gangs.put(gang("a", 4, 4).build());
        simulation.runFor(SOON);
        gangs.end(id("a"), 2);
        simulation.runFor(SOON);
        assertThat(gangs.reason(id("a"))).isEmpty();
    }

    @Test
    void whatLeavesHoldsItsPlaceAndDoesNotCountForTheGang() {
        List<ExternalGang.Member> members = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            members.add(new ExternalGang.Member(
                    "old-" + i,
                    Resources.builder().gpus(1).build(),
                    NodeConstraints.NONE,
                    Optional.of(i < 4 ? "node-0" : "node-1"),
                    true));
        }
        members.add(member("new-0", Optional.empty()));
        gangs.put(gang("a", 6, 0).members(members).build());
        gangs.put(gang("b", 3, 3).build());
        simulation.runFor(SOON);
        assertThat(gangs.placed(id("a"))).hasSize(6).doesNotContainKey("new-0");
        assertThat(gangs.placed(id("b"))).isEmpty();
        assertThat(gangs.reason(id("a"))).isEqualTo("waiting for members: 1 of 6 exist");
    }

    @Test
    void twoTornHalvesDoNotWaitForEachOtherForEver() {
        for (String name : List.of("a", "b")) {
            List<ExternalGang.Member> members = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                members.add(member(
                        name + "-" + i,
                        i < 4 ? Optional.of(name.equals("a") ? "node-0" : "node-1") : Optional.empty()));
            }
            gangs.put(gang(name, 8, 0).members(members).torn(true).build());
        }
        simulation.runUntil(
                () -> gangs.placed(id("a")).size() == 8 || gangs.placed(id("b")).size() == 8, Duration.ofMinutes(5));
    }

    @Test
    void theNextEngineCountsWhatIsPlacedAndGoesOnWithTheRest() {
        gangs.put(gang("a", 6, 6).build());
        gangs.put(gang("b", 6, 6).build());
        simulation.runFor(SOON);
        simulation.crashAndRestart();
        simulation.runFor(SOON);
        assertThat(gangs.placed(id("a"))).hasSize(6);
        assertThat(gangs.placed(id("b"))).isEmpty();

        gangs.end(id("a"), 6);
        awaitPlaced("b", 6);
    }

    @Test
    void whoCameBeforeAJobComesBeforeItInTheNextEngineToo() {
        gangs.put(gang("a", 8, 8).build());
        simulation.runFor(SOON);
        gangs.put(gang("b", 6, 6).createdAt(simulation.time().instant()).build());
        simulation.runFor(SOON);
        JobHandle late = simulation.submit(job("late", 6, 0));
        simulation.runFor(SOON);
        simulation.crashAndRestart();
        simulation.runFor(SOON);

        gangs.end(id("a"), 8);
        awaitPlaced("b", 6);
        assertThat(simulation.engine().job(late.id()).orElseThrow().view().phase())
                .isEqualTo(Phase.QUEUED);
    }

    @Test
    void whoCameAfterAJobComesAfterItInTheNextEngineToo() {
        gangs.put(gang("a", 8, 8).build());
        simulation.runFor(SOON);
        JobHandle early = simulation.submit(job("early", 6, 0));
        simulation.runFor(SOON);
        gangs.put(gang("b", 6, 6).createdAt(simulation.time().instant()).build());
        simulation.runFor(SOON);
        simulation.crashAndRestart();
        simulation.runFor(SOON);

        gangs.end(id("a"), 8);
        simulation.runFor(SOON);
        assertThat(gangs.placed(id("b"))).isEmpty();
        assertThat(simulation.engine().job(early.id()).orElseThrow().view().phase())
                .isEqualTo(Phase.RUNNING);
    }

    @Test
    void aRestartInTheMiddleOfAPlacingLosesNoMemberAndDoublesNone() {
        gangs.isBare(id("a"));
        gangs.failNextPlacing(id("a"), 3);
        gangs.put(gang("a", 6, 6).build());
        simulation.runFor(Duration.ofMillis(500));
        assertThat(gangs.placed(id("a"))).hasSize(3);
        SortedMap<String, String> half = new TreeMap<>(gangs.placed(id("a")));
        simulation.crashAndRestart();
        awaitPlaced("a", 6);
        gangs.put(gang("b", 2, 2).build());
        awaitPlaced("b", 2);
        assertThat(gangs.placed(id("a"))).containsAllEntriesOf(half);
    }

    @Test
    void aQueueThatDoesNotExistTakesNoGang() {
        SimulatedEngine limited = SimulatedEngine.builder()
                .seed(7)
                .nodes(2, 16, 4)
                .queues(QueueConfig.builder().name("team").build())
                .build();
        limited.backend().gangs().put(gang("a", 2, 2).queue("other").build());
        limited.runFor(SOON);
        assertThat(limited.backend().gangs().placed(id("a"))).isEmpty();
        assertThat(limited.backend().gangs().reason(id("a"))).isEqualTo("the queue other does not exist");

        limited.backend().gangs().put(gang("a", 2, 2).queue("team").build());
        limited.runFor(SOON);
        assertThat(limited.backend().gangs().placed(id("a"))).hasSize(2);
    }
}
