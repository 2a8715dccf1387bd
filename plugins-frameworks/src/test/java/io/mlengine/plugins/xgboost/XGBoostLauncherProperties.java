package io.mlengine.plugins.xgboost;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.ClusterView.Member;
import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.model.EnvValue;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Role;
import io.mlengine.testkit.contract.FrameworkLauncherContract;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class XGBoostLauncherProperties extends FrameworkLauncherContract {
    @Override
    protected FrameworkLauncher launcher() {
        return new XGBoostLauncher();
    }

    @Override
    protected Arbitrary<JobShape> jobs() {
        return Combinators.combine(roles(), options()).as((roles, options) -> Jobs.with(options, roles));
    }

    private static Arbitrary<Map<String, Object>> options() {
        return Combinators.combine(
                        Arbitraries.of("companion", "rank0"), Arbitraries.of(true, false), Arbitraries.of(true, false))
                .as((tracker, hasWorkerPort, hasTimeout) -> {
                    Map<String, Object> options = new HashMap<>(Map.of("tracker", tracker));
                    if (hasWorkerPort) {
                        options.put("workerPort", 23000L);
                    }
                    if (hasTimeout) {
                        options.put("timeout", 60L);
                    }
                    return options;
                });
    }

    private static Arbitrary<Role[]> roles() {
        return Combinators.combine(
                        Arbitraries.of("worker", "trainer"),
                        Arbitraries.integers().between(1, 12),
                        Arbitraries.integers().between(0, 1),
                        Arbitraries.integers().between(0, 4),
                        Arbitraries.of(true, false),
                        Arbitraries.of(true, false))
                .as((name, replicas, gpus, cpus, hasMaster, hasPath) -> {
                    Role.Builder worker = Role.builder()
                            .from(Jobs.withResources(Jobs.script(name, replicas), gpus, cpus))
                            .env("OMP_NUM_THREADS", "3");
                    if (hasPath) {
                        worker.env("PYTHONPATH", "lib:more");
                    }
                    return hasMaster && name.equals("worker")
                            ? new Role[] {worker.build(), Jobs.script("master", 1)}
                            : new Role[] {worker.build()};
                });
    }

    @Override
    protected Set<String> requiredVariables(ClusterView view, Member member) {
        return member.key().role().equals(Tracker.ROLE)
                ? Set.of("DMLC_TRACKER_URI", "DMLC_TRACKER_PORT", "DMLC_NUM_WORKER")
                : Set.of("DMLC_TRACKER_URI", "DMLC_TRACKER_PORT", "DMLC_TASK_ID", "DMLC_NUM_WORKER", "PYTHONPATH");
    }

    /** The tracker compares task ids as texts; that must give the order of the replicas, and as many as are awaited. */
    @Property
    void taskIdsGiveTheRanksOfTheReplicas(@ForAll("views") ClusterView view) {
        List<String> ids = Workers.of(view).members().stream()
                .map(member -> literal(view, member, "DMLC_TASK_ID"))
                .toList();
        assertThat(ids).doesNotHaveDuplicates().isSorted();
        assertThat(Workers.of(view).members())
                .allMatch(member -> literal(view, member, "DMLC_NUM_WORKER").equals(Integer.toString(ids.size())));
    }

    private String literal(ClusterView view, Member member, String variable) {
        EnvValue value =
                launcher().plan(view).replica(member.key()).orElseThrow().env().get(variable);
        return ((EnvValue.Literal) java.util.Objects.requireNonNull(value)).value();
    }
}
