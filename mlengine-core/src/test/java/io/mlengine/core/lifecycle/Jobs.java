package io.mlengine.core.lifecycle;

import io.mlengine.core.job.BackOff;
import io.mlengine.core.job.ExitCodes;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Retries;
import io.mlengine.core.job.RunPolicy;
import io.mlengine.spi.model.Deciders;
import io.mlengine.spi.model.RestartScope;
import io.mlengine.spi.model.Role;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/** Jobs that the tests of the life cycle run. */
public final class Jobs {
    public static final Duration BACK_OFF = Duration.ofSeconds(10);

    private Jobs() {}

    /** Workers that all must succeed. */
    public static MLTrain workers(int count) {
        return of(worker(count).build());
    }

    public static MLTrain of(Role... roles) {
        return with(policy -> policy, roles);
    }

    public static MLTrain with(UnaryOperator<RunPolicy.Builder> policy, Role... roles) {
        return MLTrain.named("job")
                .framework("command")
                .addRoles(roles)
                .runPolicy(policy.apply(defaults()).build())
                .build();
    }

    public static RunPolicy.Builder defaults() {
        return RunPolicy.builder()
                .retries(new Retries(3, 3, OptionalInt.of(3)))
                .exitCodes(ExitCodes.KUBEFLOW)
                .backOff(new BackOff(BACK_OFF, Duration.ofMinutes(5), Duration.ofMinutes(10)))
                .stopGrace(Duration.ofSeconds(30));
    }

    public static Role.Builder worker(int count) {
        return Role.named("worker").replicas(count).command("train");
    }

    public static Role.Builder chief() {
        return Role.named("chief").command("train").deciders(Deciders.FIRST);
    }

    /** A parameter server: never ends by itself, and its crash is the job's. */
    public static Role.Builder server(int count) {
        return Role.named("ps").replicas(count).command("serve").tracked(false);
    }

    public static Role.Builder sideCar() {
        return Role.named("board").command("board").tracked(false).critical(false);
    }

    /** torchrun's agents: each may be replaced while the others go on. */
    public static Role.Builder elastic(int count, int least, int most) {
        return worker(count).minReplicas(least).maxReplicas(most).restartScope(RestartScope.REPLICA);
    }
}
