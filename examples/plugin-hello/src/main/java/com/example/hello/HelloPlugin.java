package com.example.hello;

import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.framework.FrameworkPlugin;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.FrameworkName;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ReplicaKey;
import java.util.List;
import org.pf4j.Extension;

/** A framework whose workers meet at the first one: each is told its number and where that is. */
@Extension
public final class HelloPlugin implements FrameworkPlugin {
    @Override
    public List<FrameworkLauncher> launchers() {
        return List.of(new HelloLauncher());
    }

    static final class HelloLauncher implements FrameworkLauncher {
        @Override
        public FrameworkName name() {
            return FrameworkName.of("hello");
        }

        @Override
        public Needs needs(JobShape job) {
            return new Needs(List.of(new Needs.Port(new ReplicaKey("worker", 0), "meeting", 7000)));
        }

        @Override
        public LaunchPlan plan(ClusterView view) {
            ClusterView.Member first = view.members("worker").get(0);
            return LaunchPlan.of(
                    view,
                    member -> ReplicaPlan.of(
                                    view.job().role(member.key().role()).orElseThrow(), member)
                            .env("HELLO_NUMBER", member.key().index())
                            .env("HELLO_MEETING", first.host() + ":" + first.port("meeting"))
                            .build());
        }
    }
}
