package io.mlengine.plugins.command;

import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.model.FrameworkName;
import io.mlengine.spi.model.FrameworkOptions;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Role;
import io.mlengine.testkit.contract.FrameworkLauncherContract;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

class CommandLauncherProperties extends FrameworkLauncherContract {
    @Override
    protected FrameworkLauncher launcher() {
        return new CommandLauncher();
    }

    @Override
    protected Arbitrary<JobShape> jobs() {
        Arbitrary<Role> roles = Combinators.combine(
                        Arbitraries.of("server", "worker", "data-loader"),
                        Arbitraries.integers().between(1, 4),
                        Arbitraries.of(true, false))
                .as((name, replicas, tracked) -> Role.named(name)
                        .replicas(replicas)
                        .command("./serve", "--all")
                        .tracked(tracked)
                        .env("COLOUR", "red")
                        .build());
        return Combinators.combine(
                        roles.list().ofMinSize(1).ofMaxSize(3).uniqueElements(Role::name),
                        Arbitraries.of("http", "rpc", "p2p-sync")
                                .list()
                                .ofMaxSize(3)
                                .uniqueElements())
                .as((all, ports) -> JobShape.builder()
                        .name("serving")
                        .framework(FrameworkName.of("command"))
                        .options(FrameworkOptions.of(Map.of("ports", ports)))
                        .roles(all)
                        .build());
    }

    @Override
    protected Set<String> requiredVariables(ClusterView view, ClusterView.Member member) {
        Set<String> required = new HashSet<>(Set.of("MLENGINE_PEERS"));
        member.ports()
                .keySet()
                .forEach(port -> required.add(
                        "MLENGINE_PORT_" + port.toUpperCase(Locale.ROOT).replace('-', '_')));
        return required;
    }
}
