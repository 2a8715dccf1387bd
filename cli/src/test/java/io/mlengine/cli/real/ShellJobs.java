package io.mlengine.cli.real;

import io.mlengine.core.job.BackOff;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Retries;
import io.mlengine.core.job.RunPolicy;
import io.mlengine.spi.model.Role;
import java.time.Duration;
import java.util.OptionalInt;

/** Jobs of the framework {@code command} that run a line of shell. */
final class ShellJobs {
    private ShellJobs() {}

    /** One replica; a job that fails is tried again soon. */
    static MLTrain.Builder one(String name, String script) {
        return MLTrain.named(name)
                .framework("command")
                .addRole(role("worker", script).build())
                .runPolicy(policy().build());
    }

    static Role.Builder role(String name, String script) {
        return Role.named(name).command("/bin/sh", "-c", script);
    }

    static RunPolicy.Builder policy() {
        return RunPolicy.builder()
                .stopGrace(Duration.ofMillis(500))
                .backOff(new BackOff(Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofMinutes(1)));
    }

    static Retries retries(int user, int infrastructure) {
        return new Retries(user, infrastructure, OptionalInt.empty());
    }
}
