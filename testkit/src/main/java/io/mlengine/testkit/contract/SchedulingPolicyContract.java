package io.mlengine.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.queue.QueueConfig;
import io.mlengine.core.scheduling.BlockingReason;
import io.mlengine.core.scheduling.Budget;
import io.mlengine.core.scheduling.ClusterState;
import io.mlengine.core.scheduling.Gang;
import io.mlengine.core.scheduling.PendingGang;
import io.mlengine.core.scheduling.Plan;
import io.mlengine.core.scheduling.RunningGang;
import io.mlengine.core.scheduling.SchedulingPolicy;
import io.mlengine.core.scheduling.Wait;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Node;
import io.mlengine.testkit.arbitrary.ClusterStates;
import io.mlengine.testkit.cluster.ClusterChanges;
import io.mlengine.testkit.cluster.ClusterLedger;
import io.mlengine.testkit.cluster.PlacementOracle;
import io.mlengine.testkit.cluster.QueueLedger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * The laws of every scheduling policy. Extend it, name the policy and its order, and call the class {@code
 * …Properties}. The numbers in the comments are those of the invariants in the scheduler's design notes.
 */
public abstract class SchedulingPolicyContract {
    private static final Set<BlockingReason.Code> SHORTAGES = EnumSet.of(
            BlockingReason.Code.NO_ROOM,
            BlockingReason.Code.NO_ROOM_ON_ONE_NODE,
            BlockingReason.Code.NO_ROOM_IN_ONE_DOMAIN,
            BlockingReason.Code.FRAGMENTED,
            BlockingReason.Code.NODES_REFUSE,
            BlockingReason.Code.QUEUE_LIMIT,
            BlockingReason.Code.EARMARKED);

    /**
     * The policy under test.
     *
     * @return the policy
     */
    protected abstract SchedulingPolicy policy();

    /**
     * Who goes first among jobs of one queue that ask for the same.
     *
     * @return the order, which never calls two gangs equal
     */
    protected abstract Comparator<Gang> order();

    /**
     * States to try.
     *
     * @return the states
     */
    @Provide
    protected Arbitrary<ClusterState> states() {
        return ClusterStates.small();
    }

    /**
     * States with one waiting gang, for laws about one decision.
     *
     * @return the states
     */
    @Provide
    protected Arbitrary<ClusterState> statesWithOneWaiting() {
        return ClusterStates.withOneWaiting();
    }

    /**
     * States with amounts up to the largest number.
     *
     * @return the states
     */
    @Provide
    protected Arbitrary<ClusterState> hugeStates() {
        return ClusterStates.huge();
    }

    private Plan decide(ClusterState state) {
        return policy().decide(state, Budget.UNLIMITED);
    }

    // I1
    @Property(tries = 500)
    void nothingIsGivenTwiceOrBeyondWhatThereIs(@ForAll("states") ClusterState state) {
        Plan plan = decide(state);
        assertThat(ClusterLedger.of(ClusterChanges.apply(state, plan)).problems())
                .isEqualTo(ClusterLedger.of(state).problems());
        PlanShape.of(state, plan).assertPlacesMatchRequests();
    }

    @Property(tries = 500)
    void nobodyIsPlacedOnANodeThatRefuses(@ForAll("states") ClusterState state) {
        PlanShape.of(state, decide(state)).assertNodesAreAllowed();
    }

    // I48
    @Property(tries = 300)
    void hugeAmountsDoNotWrap(@ForAll("hugeStates") ClusterState state) {
        Plan plan = decide(state);
        assertThat(ClusterLedger.of(ClusterChanges.apply(state, plan)).problems())
                .isEmpty();
        plan.waits().values().forEach(wait -> assertThat(wait.text()).doesNotContain(" -"));
    }

    // I2, I26, I27
    @Property(tries = 500)
    void gangsStartAndStopAsWholes(@ForAll("states") ClusterState state) {
        PlanShape shape = PlanShape.of(state, decide(state));
        shape.assertStartsAreWholeGangs();
        shape.assertVictimsMayBeStopped();
        shape.assertGrowthKeepsPlacesAndBounds();
    }

    // I5
    @Property(tries = 500)
    void noQueueExceedsItsLimits(@ForAll("states") ClusterState state) {
        ClusterState after = ClusterChanges.apply(state, decide(state));
        assertThat(QueueLedger.of(after).brokenSince(QueueLedger.of(state))).isEmpty();
    }

    // I9, I10
    @Property(tries = 500)
    void amongEqualsTheOneAheadStartsFirst(@ForAll("states") ClusterState state) {
        Plan plan = decide(state);
        Set<JobId> started = new TreeSet<>();
        plan.starts().forEach(start -> started.add(start.job()));
        for (PendingGang behind : state.pending()) {
            for (PendingGang ahead : state.pending()) {
                if (started.contains(behind.id())
                        && !started.contains(ahead.id())
                        && isSameRequest(ahead, behind)
                        && !isHeldByTime(ahead, state)) {
                    assertThat(order().compare(behind, ahead))
                            .as("%s started before %s", behind.id(), ahead.id())
                            .isNegative();
                }
            }
        }
    }

    // I9
    @Property(tries = 300)
    void higherPriorityNeverStartsLater(@ForAll("states") ClusterState state) {
        for (Plan.Start start : decide(state).starts()) {
            List<PendingGang> pending = new ArrayList<>();
            state.pending()
                    .forEach(gang -> pending.add(
                            gang.id().equals(start.job())
                                    ? PendingGang.builder()
                                            .from(gang)
                                            .priority(gang.priority() + 1)
                                            .build()
                                    : gang));
            ClusterState raised = ClusterChanges.with(state, state.running(), pending);
            assertThat(decide(raised).starts()).extracting(Plan.Start::job).contains(start.job());
        }
    }

    // I12, I13
    @Property(tries = 500)
    void nobodyWaitsForRoomWhoFits(@ForAll("states") ClusterState state) {
        Plan plan = decide(state);
        ClusterState after = ClusterChanges.apply(state, plan);
        RoomAfter room = RoomAfter.of(after, plan.earmarks());
        for (PendingGang gang : after.pending()) {
            if (SHORTAGES.containsAll(codes(wait(plan, gang)))) {
                assertThat(room.canStart(gang))
                        .as("%s: %s", gang.id(), wait(plan, gang).text())
                        .isFalse();
            }
        }
    }

    @Property(tries = 500)
    void everyoneWhoDoesNotStartIsToldWhy(@ForAll("states") ClusterState state) {
        Plan plan = decide(state);
        Set<JobId> expected = new TreeSet<>();
        state.pending().forEach(gang -> expected.add(gang.id()));
        plan.starts().forEach(start -> expected.remove(start.job()));
        assertThat(plan.waits().keySet()).isEqualTo(expected);
        plan.waits().forEach((job, wait) -> {
            assertThat(wait.text()).isNotBlank();
            wait.reasons().stream()
                    .filter(reason -> !reason.dimension().isEmpty())
                    .forEach(reason -> {
                        assertThat(reason.free()).isNotNegative();
                        assertThat(reason.shortBy())
                                .as(reason.text())
                                .isPositive()
                                .isEqualTo(reason.need() - reason.free());
                    });
        });
    }

    // I41
    @Property(tries = 500)
    void reasonsAreRealAndNoneIsTooMany(@ForAll("states") ClusterState state) {
        Plan plan = decide(state);
        ClusterState after = ClusterChanges.apply(state, plan);
        RoomAfter room = RoomAfter.of(after, plan.earmarks());
        for (PendingGang gang : after.pending()) {
            Wait wait = wait(plan, gang);
            if (SHORTAGES.containsAll(codes(wait)) && !codes(wait).contains(BlockingReason.Code.EARMARKED)) {
                assertThat(startsWithout(room, gang, wait.reasons()))
                        .as("%s still waits without: %s", gang.id(), wait.text())
                        .isTrue();
                for (BlockingReason reason : wait.reasons()) {
                    List<BlockingReason> others = new ArrayList<>(wait.reasons());
                    others.removeIf(other -> Relaxation.isSameConstraint(other, reason));
                    assertThat(!others.isEmpty() && startsWithout(room, gang, others))
                            .as("%s need not hear: %s", gang.id(), reason.text())
                            .isFalse();
                }
            }
        }
    }

    private static boolean startsWithout(RoomAfter room, PendingGang gang, List<BlockingReason> reasons) {
        return room.lifting(reasons).canStart(Relaxation.lift(gang, reasons), gang, Relaxation.keepsLimits(reasons));
    }

    // I41 for what can never be
    @Property(tries = 500)
    void whatIsCalledImpossibleIs(@ForAll("states") ClusterState state) {
        Plan plan = decide(state);
        ClusterState empty = ClusterChanges.with(state, List.of(), state.pending());
        for (PendingGang gang : state.pending()) {
            if (plan.waits().containsKey(gang.id()) && wait(plan, gang).isImpossible()) {
                assertThat(PlacementOracle.canStart(
                                gang,
                                ClusterLedger.of(empty),
                                replicas -> QueueLedger.of(empty).fits(gang.queue(), replicas)))
                        .as(wait(plan, gang).text())
                        .isFalse();
            }
        }
    }

    @Property(tries = 500)
    void nobodyIsStoppedAndNoRoomKeptForWhomAQuotaRefused(@ForAll("states") ClusterState state) {
        Set<JobId> refused = state.pending().stream()
                .filter(gang -> gang.refusal().isPresent())
                .map(PendingGang::id)
                .collect(Collectors.toSet());
        Plan plan = decide(state);
        assertThat(plan.evictions()).extracting(Plan.Eviction::beneficiary).noneMatch(refused::contains);
        assertThat(plan.earmarks()).extracting(Plan.Earmark::beneficiary).noneMatch(refused::contains);
    }

    // I20
    @Property(tries = 500)
    void whoeverHadOthersStoppedStartsWhenTheyHave(@ForAll("states") ClusterState state) {
        Plan plan = decide(state);
        // Victims that come back to a place ahead of a beneficiary may take its room by right.
        Set<JobId> comingBack = PlanShape.victims(plan);
        comingBack.removeIf(victim -> plan.earmarks().stream()
                .anyMatch(earmark -> order().compare(gang(state, victim), gang(state, earmark.beneficiary())) < 0));
        ClusterState drained = ClusterChanges.drain(ClusterChanges.apply(state, plan), comingBack);
        Plan next = decide(drained);
        for (Plan.Earmark earmark : plan.earmarks()) {
            // So may who is ahead of it and was only held up by the strictness of another queue.
            boolean mayBeTaken = next.starts().stream()
                    .anyMatch(start -> isBehindAnother(plan, start.job())
                            && order().compare(gang(state, start.job()), gang(state, earmark.beneficiary())) < 0);
            if (!mayBeTaken) {
                assertThat(next.starts()).extracting(Plan.Start::job).contains(earmark.beneficiary());
            }
            assertThat(next.evictions()).extracting(Plan.Eviction::beneficiary).doesNotContain(earmark.beneficiary());
        }
        for (Plan.Eviction eviction : plan.evictions()) {
            boolean isServed =
                    plan.starts().stream().anyMatch(start -> start.job().equals(eviction.beneficiary()))
                            || plan.earmarks().stream()
                                    .anyMatch(earmark -> earmark.beneficiary().equals(eviction.beneficiary()));
            assertThat(isServed).as(eviction.reason()).isTrue();
        }
    }

    private static boolean isBehindAnother(Plan plan, JobId job) {
        Wait wait = plan.waits().get(job);
        return wait != null && wait.reasons().stream().anyMatch(reason -> reason.code() == BlockingReason.Code.BEHIND);
    }

    // I21
    @Property(tries = 500)
    void noVictimCouldHaveBeenSpared(@ForAll("statesWithOneWaiting") ClusterState state) {
        Plan plan = decide(state);
        for (Plan.Eviction spared : plan.evictions()) {
            ClusterLedger free = ClusterLedger.of(state);
            QueueLedger queues = QueueLedger.of(state);
            for (RunningGang gang : state.running()) {
                boolean isVictim = plan.evictions().stream()
                        .anyMatch(eviction -> eviction.victim().equals(gang.id()));
                if (gang.draining() || isVictim && !gang.id().equals(spared.victim())) {
                    free.giveBack(gang);
                    queues.giveBack(gang);
                }
            }
            PendingGang gang = state.pending().get(0);
            assertThat(PlacementOracle.canStart(gang, free, replicas -> queues.fits(gang.queue(), replicas)))
                    .as("%s need not have been stopped", spared.victim())
                    .isFalse();
        }
    }

    // I23, I24
    @Property(tries = 300)
    void leftAloneItComesToRest(@ForAll("states") ClusterState state) {
        ClusterState at = state;
        Set<String> evictions = new TreeSet<>();
        Set<JobId> victims = new TreeSet<>();
        int most = 2 * (state.running().size() + state.pending().size()) + 2;
        for (int plans = 0; plans <= most; plans++) {
            Plan plan = decide(at);
            for (Plan.Eviction eviction : plan.evictions()) {
                assertThat(evictions).doesNotContain(eviction.beneficiary() + " for " + eviction.victim());
                assertThat(evictions.add(eviction.victim() + " for " + eviction.beneficiary()))
                        .isTrue();
            }
            victims.addAll(PlanShape.victims(plan));
            ClusterState next = ClusterChanges.drain(ClusterChanges.apply(at, plan), victims);
            if (plan.isEmpty() && next.running().size() == at.running().size()) {
                return;
            }
            at = next;
        }
        assertThat(most).as("plans until rest").isNegative();
    }

    // I37, I42
    @Property(tries = 300)
    void theOrderOfListsMeansNothing(@ForAll("states") ClusterState state, @ForAll long seed) {
        Random random = new Random(seed);
        List<PendingGang> pending = new ArrayList<>(state.pending());
        Collections.shuffle(pending, random);
        List<RunningGang> running = new ArrayList<>(state.running());
        Collections.shuffle(running, random);
        ClusterState.Builder shuffled = ClusterState.builder()
                .version(state.version())
                .now(state.now())
                .running(running)
                .pending(pending);
        List<Node> nodes = new ArrayList<>(state.nodes());
        Collections.shuffle(nodes, random);
        List<QueueConfig> queues = new ArrayList<>(state.queues());
        Collections.shuffle(queues, random);
        Plan plan = decide(state);
        assertThat(decide(shuffled.nodes(nodes).queues(queues).build())).isEqualTo(plan);
        assertThat(decide(state)).isEqualTo(plan);
    }

    // I38
    @Property(tries = 500)
    void decidingAgainChangesNothing(@ForAll("states") ClusterState state) {
        Plan plan = decide(state);
        Plan again = decide(ClusterChanges.apply(state, plan));
        assertThat(again.starts()).isEmpty();
        assertThat(again.evictions()).isEmpty();
        assertThat(again.resizes()).isEmpty();
        assertThat(again.earmarks()).isEqualTo(plan.earmarks());
    }

    @Property(tries = 300)
    void aSmallBudgetGetsThereInTheEnd(@ForAll("states") ClusterState state) {
        ClusterState at = state;
        for (int plans = 0; plans <= 40; plans++) {
            Plan plan = policy().decide(at, new Budget(1, 100_000));
            if (plan.isEmpty()) {
                assertThat(plan.exhausted()).isFalse();
                assertThat(decide(at).isEmpty()).isTrue();
                return;
            }
            at = ClusterChanges.apply(at, plan);
            assertThat(ClusterLedger.of(at).problems()).isEmpty();
        }
        assertThat(at).as("a state that comes to rest").isNull();
    }

    private static boolean isSameRequest(Gang one, Gang other) {
        return one.queue().equals(other.queue())
                && one.gangMinimum().equals(other.gangMinimum())
                && one.topology().equals(other.topology())
                && one.roles().equals(other.roles());
    }

    private static boolean isHeldByTime(PendingGang gang, ClusterState state) {
        return gang.notBefore().filter(time -> time.isAfter(state.now())).isPresent();
    }

    private static Gang gang(ClusterState state, JobId job) {
        return Stream.concat(state.pending().stream(), state.running().stream())
                .filter(gang -> gang.id().equals(job))
                .map(Gang.class::cast)
                .findFirst()
                .orElseThrow();
    }

    private static Wait wait(Plan plan, Gang gang) {
        Wait wait = plan.waits().get(gang.id());
        if (wait == null) {
            throw new AssertionError(gang.id() + " neither starts nor is told why not");
        }
        return wait;
    }

    private static List<BlockingReason.Code> codes(Wait wait) {
        return wait.reasons().stream().map(BlockingReason::code).toList();
    }
}
