package io.mlengine.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.plugin.PlanRules;
import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.ClusterView.Member;
import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.framework.OptionSchema;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.EnvValue;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Role;
import io.mlengine.testkit.arbitrary.ClusterViews;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/**
 * The laws of {@link FrameworkLauncher}. Extend it in a class named {@code …Properties}, hand over the launcher, an
 * arbitrary of jobs that it accepts, and the variables that its programs cannot do without.
 */
public abstract class FrameworkLauncherContract {
    /** The launcher under test; a new one for each call. */
    protected abstract FrameworkLauncher launcher();

    /** Jobs as users submit them, all of which the launcher can run; some with options, GPUs and elastic roles. */
    protected abstract Arbitrary<JobShape> jobs();

    /** Variables that a replica's program cannot do without; empty for one that only accompanies the job. */
    protected abstract Set<String> requiredVariables(ClusterView view, Member member);

    /** Provides {@link #jobs()} to the properties. */
    @Provide
    protected Arbitrary<JobShape> submittedJobs() {
        return jobs();
    }

    /** Provides views of the jobs on one host and in pods. */
    @Provide
    protected Arbitrary<ClusterView> views() {
        return jobs().flatMap(job -> ClusterViews.of(launcher(), job));
    }

    @Example
    void namesAndDescribesItself() {
        assertThat(launcher().name()).isEqualTo(launcher().name());
        List<String> names = launcher().options().options().stream()
                .map(OptionSchema.Option::name)
                .toList();
        assertThat(names).doesNotHaveDuplicates().allMatch(name -> name.matches("[a-z][A-Za-z0-9]*"));
        assertThat(launcher().options().options())
                .allMatch(option -> !option.description().isBlank());
    }

    @Property
    void acceptsTheJobs(@ForAll("submittedJobs") JobShape job) {
        assertThat(launcher().validate(launcher().defaults(job))).isEmpty();
    }

    @Property
    void defaultsOfDefaultsAreTheSame(@ForAll("submittedJobs") JobShape job) {
        JobShape once = launcher().defaults(job);
        assertThat(launcher().defaults(once)).isEqualTo(once);
    }

    @Property
    void defaultsKeepWhatTheUserWrote(@ForAll("submittedJobs") JobShape job) {
        JobShape filled = launcher().defaults(job);
        assertThat(filled.name()).isEqualTo(job.name());
        assertThat(filled.framework()).isEqualTo(job.framework());
        assertThat(filled.options().values()).containsAllEntriesOf(job.options().values());
        for (Role role : job.roles()) {
            Role after = filled.role(role.name()).orElseThrow();
            assertThat(after.replicas()).isEqualTo(role.replicas());
            if (!role.commandLine().isEmpty()) {
                assertThat(after.commandLine()).isEqualTo(role.commandLine());
            }
            assertThat(after.env()).containsAllEntriesOf(role.env());
            assertThat(after.resources()).isEqualTo(role.resources());
            assertThat(after.startAfter()).containsAll(role.startAfter());
            assertKept(role.restartScope(), after.restartScope());
            assertKept(role.deciders(), after.deciders());
            role.minReplicas().ifPresent(least -> assertThat(after.least()).isEqualTo(least));
            role.maxReplicas().ifPresent(most -> assertThat(after.most()).isEqualTo(most));
        }
    }

    private static void assertKept(Optional<?> before, Optional<?> after) {
        if (before.isPresent()) {
            assertThat(after).isEqualTo(before);
        }
    }

    @Property
    void needsCanBeMet(@ForAll("submittedJobs") JobShape job) {
        JobShape filled = launcher().defaults(job);
        assertThat(PlanRules.problems(filled, launcher().needs(filled))).isEmpty();
        assertThat(launcher().needs(filled)).isEqualTo(launcher().needs(filled));
    }

    @Property
    void plansEachMemberSoThatItCanBeLaunched(@ForAll("views") ClusterView view) {
        LaunchPlan plan = launcher().plan(view);
        assertThat(PlanRules.problems(view.members(), plan)).isEmpty();
    }

    @Property
    void setsWhatTheProgramsNeed(@ForAll("views") ClusterView view) {
        LaunchPlan plan = launcher().plan(view);
        for (Member member : view.members()) {
            ReplicaPlan replica = plan.replica(member.key()).orElseThrow();
            assertThat(replica.env().keySet()).containsAll(requiredVariables(view, member));
        }
    }

    /** All that a plan may do to a variable of the user's is to put something before a search path. */
    @Property
    void leavesTheUsersVariablesAlone(@ForAll("views") ClusterView view) {
        for (ReplicaPlan replica : launcher().plan(view).replicas()) {
            Map<String, EnvValue> users = new TreeMap<>(view.job().environment().variables());
            users.putAll(view.job().role(replica.key().role()).orElseThrow().env());
            replica.env().forEach((name, value) -> {
                if (users.containsKey(name)) {
                    assertThat(value).isInstanceOf(EnvValue.Literal.class);
                    assertThat(((EnvValue.Literal) value).value())
                            .as(name)
                            .endsWith(":" + ((EnvValue.Literal) Objects.requireNonNull(users.get(name))).value());
                }
            });
        }
    }

    /** Plans are made where the engine runs, which may be another machine than the replicas'. */
    @Property
    void namesNoPathOfThisMachine(@ForAll("views") ClusterView view) {
        for (ReplicaPlan replica : launcher().plan(view).replicas()) {
            List<String> given =
                    view.job().role(replica.key().role()).orElseThrow().commandLine();
            assertThat(replica.command())
                    .filteredOn(word -> !given.contains(word))
                    .noneMatch(word -> word.startsWith("/"));
            for (Map.Entry<String, EnvValue> variable : replica.env().entrySet()) {
                if (variable.getValue() instanceof EnvValue.Literal literal) {
                    assertThat(literal.value()).as(variable.getKey()).doesNotStartWith("/");
                }
            }
        }
    }

    @Property
    void plansTheSameAgain(@ForAll("views") ClusterView view) {
        String plan = PlanText.of(launcher().plan(view));
        FrameworkLauncher launcher = launcher();
        assertThat(PlanText.of(launcher.plan(view))).isEqualTo(plan);
        assertThat(PlanText.of(launcher.plan(view))).isEqualTo(plan);
    }

    @Property(tries = 20)
    void plansTheSameOnManyThreads(@ForAll("views") ClusterView view) throws InterruptedException, ExecutionException {
        FrameworkLauncher launcher = launcher();
        String expected = PlanText.of(launcher.plan(view));
        Callable<String> plan = () -> PlanText.of(launcher.plan(view));
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (Future<String> answer :
                    threads.invokeAll(IntStream.range(0, 16).mapToObj(i -> plan).toList())) {
                assertThat(answer.get()).isEqualTo(expected);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Property
    void aResizeLeavesThoseThatStayAlone(
            @ForAll("views") ClusterView view, @ForAll @IntRange(min = 0, max = 100) int size) {
        // A job of fixed size, and one that starts anew when its size changes, keep this law without doing anything.
        view.job().roles().stream().filter(Role::isElastic).findFirst().ifPresent(role -> {
            int least = Math.max(1, role.least());
            int replicas = least + size % (role.most() - least + 1);
            ClusterView after = ClusterViews.resized(launcher(), view, role.name(), replicas);
            launcher().resize(view, after).ifPresent(joining -> assertSurvivorsKept(view, after, joining));
        });
    }

    private void assertSurvivorsKept(ClusterView view, ClusterView after, LaunchPlan joining) {
        LaunchPlan before = launcher().plan(view);
        LaunchPlan all = launcher().plan(after);
        List<Member> joiners = after.members().stream()
                .filter(member -> before.replica(member.key()).isEmpty())
                .toList();
        assertThat(PlanRules.problems(joiners, joining)).isEmpty();
        for (Member member : after.members()) {
            ReplicaPlan planned = all.replica(member.key()).orElseThrow();
            ReplicaPlan running = before.replica(member.key())
                    .orElseGet(() -> joining.replica(member.key()).orElseThrow());
            assertThat(PlanText.of(running)).isEqualTo(PlanText.of(planned));
        }
    }
}
