package io.mlengine.plugins.tensorflow;

import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Role;
import io.mlengine.testkit.contract.FrameworkLauncherContract;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

class TensorFlowLauncherProperties extends FrameworkLauncherContract {
    @Override
    protected FrameworkLauncher launcher() {
        return new TensorFlowLauncher();
    }

    @Override
    protected Arbitrary<JobShape> jobs() {
        return Arbitraries.oneOf(fixed(), dynamic());
    }

    private static Arbitrary<JobShape> fixed() {
        Arbitrary<Integer> port = Arbitraries.of(2222, 5000);
        return Combinators.combine(
                        Arbitraries.of("", "chief", "master"),
                        Arbitraries.integers().between(1, 4),
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.of(true, false),
                        Arbitraries.of(true, false),
                        port)
                .as((chief, workers, servers, hasEvaluator, hasGpus, chosen) -> {
                    List<Role> roles = new ArrayList<>();
                    Role worker = Role.builder()
                            .from(Jobs.role("worker", workers))
                            .env("PYTHONUNBUFFERED", "0")
                            .build();
                    roles.add(hasGpus ? Jobs.withGpu(worker) : worker);
                    if (!chief.isEmpty()) {
                        roles.add(0, Jobs.role(chief, 1));
                    }
                    if (servers > 0) {
                        roles.add(Jobs.role("ps", servers));
                    }
                    if (hasEvaluator) {
                        roles.add(Jobs.role("evaluator", 1));
                    }
                    return Jobs.with(Map.of("port", chosen), roles.toArray(Role[]::new));
                });
    }

    private static Arbitrary<JobShape> dynamic() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.of(true, false))
                .as((least, more, servers, hasChief) -> {
                    Role workers = Jobs.elastic(least, least + more / 2, least + more);
                    Role ps = Jobs.role("ps", servers);
                    return hasChief
                            ? Jobs.with(Jobs.DYNAMIC, Jobs.role("chief", 1), workers, ps)
                            : Jobs.with(Jobs.DYNAMIC, ps, workers);
                });
    }

    @Override
    protected Set<String> requiredVariables(ClusterView view, ClusterView.Member member) {
        return view.members().size() > 1 ? Set.of("TF_CONFIG") : Set.of();
    }
}
