package io.mlengine.plugins.horovod;

import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Role;
import io.mlengine.testkit.contract.FrameworkLauncherContract;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

class HorovodLauncherProperties extends FrameworkLauncherContract {
    @Override
    protected FrameworkLauncher launcher() {
        return new HorovodLauncher();
    }

    @Override
    protected Arbitrary<JobShape> jobs() {
        return Arbitraries.oneOf(ofFixedSize(), elastic());
    }

    private static Arbitrary<JobShape> elastic() {
        Arbitrary<Map<String, ?>> options =
                Arbitraries.of(Map.of(), Map.of("resetLimit", 3L, "networkInterface", "eth1"));
        return Combinators.combine(
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.integers().between(1, 4),
                        options)
                .as((least, more, chosen) -> Jobs.with(chosen, Jobs.elastic(least, least + more / 2, least + more)));
    }

    private static Arbitrary<JobShape> ofFixedSize() {
        Arbitrary<Role> worker = Combinators.combine(
                        Arbitraries.of("worker", "trainer"),
                        Arbitraries.integers().between(1, 5),
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.of(true, false))
                .as((name, replicas, gpus, isMig) -> {
                    Role role = Role.builder()
                            .from(Jobs.worker(replicas))
                            .name(name)
                            .env("OMP_NUM_THREADS", "3")
                            .build();
                    return gpus == 0 ? role : isMig ? Jobs.withMig(role, 1) : Jobs.withGpus(role, gpus);
                });
        Arbitrary<Map<String, ?>> options = Arbitraries.of(
                Map.of(), Map.of("networkInterface", "eth0", "timeoutSeconds", 5L), Map.of("rendezvousPort", 7000L));
        return Combinators.combine(worker, options, Arbitraries.of(true, false))
                .as((role, chosen, hasServer) -> hasServer
                        ? Jobs.with(
                                chosen,
                                role,
                                Role.named(Companion.RENDEZVOUS.roleName())
                                        .tracked(false)
                                        .image("python:3.12-slim")
                                        .command(Companion.RENDEZVOUS
                                                .in(Jobs.of(role))
                                                .command())
                                        .build())
                        : Jobs.with(chosen, role));
    }

    @Override
    protected Set<String> requiredVariables(ClusterView view, ClusterView.Member member) {
        if (Companion.isNamed(member.key().role())) {
            return Set.of();
        }
        if (Processes.areElastic(view.job())) {
            return Set.of("HOROVOD_GLOO_TIMEOUT_SECONDS");
        }
        Set<String> required = new TreeSet<>(Slot.VARIABLES);
        required.addAll(Set.of(
                "HOROVOD_GLOO_RENDEZVOUS_ADDR",
                "HOROVOD_GLOO_RENDEZVOUS_PORT",
                "HOROVOD_CONTROLLER",
                "HOROVOD_CPU_OPERATIONS"));
        return required;
    }
}
