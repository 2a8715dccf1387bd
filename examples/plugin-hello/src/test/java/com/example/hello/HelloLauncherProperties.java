package com.example.hello;

import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.model.FrameworkName;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Role;
import io.mlengine.testkit.contract.FrameworkLauncherContract;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

class HelloLauncherProperties extends FrameworkLauncherContract {
    @Override
    protected FrameworkLauncher launcher() {
        return new HelloPlugin.HelloLauncher();
    }

    @Override
    protected Arbitrary<JobShape> jobs() {
        return Arbitraries.integers()
                .between(1, 5)
                .map(workers -> JobShape.builder()
                        .name("greeting")
                        .framework(FrameworkName.of("hello"))
                        .addRole(Role.named("worker")
                                .replicas(workers)
                                .command("greet")
                                .build())
                        .build());
    }

    @Override
    protected Set<String> requiredVariables(ClusterView view, ClusterView.Member member) {
        return Set.of("HELLO_NUMBER", "HELLO_MEETING");
    }
}
