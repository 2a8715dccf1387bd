package io.mlengine.plugins.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.build.testing.GoldenFile;
import io.mlengine.spi.model.Deciders;
import io.mlengine.spi.model.FrameworkName;
import io.mlengine.spi.model.FrameworkOptions;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.RestartScope;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Violation;
import io.mlengine.testkit.arbitrary.ClusterViews;
import io.mlengine.testkit.arbitrary.ClusterViews.Place;
import io.mlengine.testkit.contract.PlanText;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CommandLauncherTest {
    private final CommandLauncher launcher = new CommandLauncher();

    @ParameterizedTest
    @EnumSource(Place.class)
    void plansAsRecorded(Place place) {
        String plan = PlanText.of(launcher.plan(ClusterViews.of(launcher, job(List.of("http", "p2p-sync")), place, 1)));
        GoldenFile.named("golden/command-"
                        + place.name().toLowerCase(Locale.ROOT).replace('_', '-') + ".json")
                .assertMatches(plan);
    }

    @Test
    void allTrackedReplicasDecideAndAFailureRestartsAll() {
        JobShape job = launcher.defaults(job(List.of()));
        assertThat(job.role("worker").orElseThrow().deciders()).contains(Deciders.ALL);
        assertThat(job.role("cache").orElseThrow().deciders()).contains(Deciders.NONE);
        assertThat(job.roles()).allMatch(role -> role.restartScope().orElseThrow() == RestartScope.GROUP);
    }

    @Test
    void refusesNamesThatAreNotPortsAndNamesThatAreListedTwice() {
        assertThat(launcher.validate(job(List.of("http", "Http", "http"))))
                .extracting(Violation::path)
                .containsExactly("spec.frameworkOptions.ports[1]", "spec.frameworkOptions.ports[2]");
    }

    private static JobShape job(List<String> ports) {
        return JobShape.builder()
                .name("serving")
                .framework(FrameworkName.of("command"))
                .options(FrameworkOptions.of(Map.of("ports", ports)))
                .addRole(Role.named("worker").replicas(2).command("./work").build())
                .addRole(Role.named("cache").command("./cache").tracked(false).build())
                .build();
    }
}
