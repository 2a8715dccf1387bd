package io.mlengine.testkit.sim;

import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.FrameworkName;
import java.util.List;
import java.util.Optional;

/** A framework that runs the roles' commands as they are and can change its size in place. */
public final class PlainLauncher implements FrameworkLauncher {
    @Override
    public FrameworkName name() {
        return FrameworkName.of("plain");
    }

    @Override
    public LaunchPlan plan(ClusterView view) {
        return LaunchPlan.of(
                view,
                member -> ReplicaPlan.of(view.job().role(member.key().role()).orElseThrow(), member)
                        .build());
    }

    @Override
    public Optional<LaunchPlan> resize(ClusterView from, ClusterView to) {
        List<ReplicaPlan> joining = plan(to).replicas().stream()
                .filter(plan ->
                        from.members().stream().noneMatch(member -> member.key().equals(plan.key())))
                .toList();
        return Optional.of(new LaunchPlan(joining, List.of()));
    }
}
