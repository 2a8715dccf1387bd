package io.mlengine.testkit.sim;

import io.mlengine.core.api.JobHandle;
import io.mlengine.core.api.JobView;
import io.mlengine.core.job.BackOff;
import io.mlengine.core.job.ExitCodes;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Retries;
import io.mlengine.core.job.RunPolicy;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.RestartScope;
import io.mlengine.spi.model.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Jobs, the fate of their replicas and the moods of their users, all from one seed. What a replica does depends on the
 * seed and its id alone, so it does not depend on the order of events.
 */
public final class RandomWorkload implements ReplicaScript.Author {
    private final long seed;
    private final SplittableRandom random;

    /**
     * Makes a workload.
     *
     * @param seed decides everything
     */
    public RandomWorkload(long seed) {
        this.seed = seed;
        this.random = new SplittableRandom(seed * 31 + 7);
    }

    /**
     * Some jobs.
     *
     * @return one to five jobs of distinct names
     */
    public List<MLTrain> jobs() {
        List<MLTrain> jobs = new ArrayList<>();
        int count = 1 + random.nextInt(5);
        for (int i = 0; i < count; i++) {
            jobs.add(job("job-" + i));
        }
        return jobs;
    }

    private MLTrain job(String name) {
        boolean elastic = chance(30);
        int workers = 1 + random.nextInt(4);
        Role.Builder worker = Role.named("worker")
                .replicas(workers)
                .command("work")
                .resources(Resources.builder()
                        .cpus(1 + random.nextInt(2))
                        .gpus(random.nextInt(3) == 0 ? java.util.Optional.empty() : java.util.Optional.of(gpu()))
                        .build());
        if (elastic) {
            worker.minReplicas(1 + random.nextInt(workers)).maxReplicas(workers + random.nextInt(3));
        }
        if (chance(40)) {
            worker.restartScope(pick(RestartScope.values()));
        }
        MLTrain.Builder train = MLTrain.named(name).framework("plain").addRole(worker.build());
        if (chance(25)) {
            train.addRole(Role.named("server").command("serve").tracked(false).build());
        }
        if (chance(20)) {
            train.addRole(Role.named("side")
                    .command("watch")
                    .tracked(false)
                    .critical(false)
                    .startAfter(List.of("worker"))
                    .build());
        }
        return train.priority(random.nextInt(3))
                .preemptible(chance(80))
                .runPolicy(policy())
                .build();
    }

    private io.mlengine.spi.model.GpuRequest gpu() {
        return io.mlengine.spi.model.GpuRequest.of(1 + random.nextInt(2));
    }

    private RunPolicy policy() {
        RunPolicy.Builder policy = RunPolicy.builder()
                .retries(new Retries(
                        random.nextInt(4),
                        random.nextInt(12),
                        chance(50) ? OptionalInt.empty() : OptionalInt.of(random.nextInt(3))))
                .exitCodes(new ExitCodes(
                        pick(ExitCodes.Profile.KUBEFLOW, ExitCodes.Profile.ANY, ExitCodes.Profile.NONE), List.of()))
                .backOff(new BackOff(
                        Duration.ofSeconds(random.nextInt(20)), Duration.ofMinutes(2), Duration.ofMinutes(10)))
                .stopGrace(Duration.ofSeconds(random.nextInt(30)))
                .suspend(chance(5));
        if (chance(20)) {
            policy.activeDeadline(Duration.ofMinutes(1 + random.nextInt(60)));
        }
        if (chance(20)) {
            policy.startTimeout(Duration.ofSeconds(2 + random.nextInt(60)));
        }
        if (chance(20)) {
            policy.ttlAfterFinished(Duration.ofSeconds(random.nextInt(600)));
        }
        return policy.build();
    }

    @Override
    public ReplicaScript script(ReplicaId replica) {
        SplittableRandom own = new SplittableRandom(seed ^ replica.toString().hashCode() * 0x9e3779b97f4a7c15L);
        Duration prepares = Duration.ofMillis(own.nextInt(5_000));
        Duration startsUp = Duration.ofMillis(own.nextInt(3_000));
        Duration runs = Duration.ofSeconds(own.nextInt(600));
        boolean endless = replica.role().equals("server") || own.nextInt(20) == 0;
        ExitStatus exit = switch (own.nextInt(12)) {
            case 0 -> ExitStatus.ofCode(1);
            case 1 -> ExitStatus.ofSignal(9);
            case 2 -> ExitStatus.killedForMemory();
            case 3 -> ExitStatus.ofCode(137);
            default -> ExitStatus.SUCCESS;
        };
        return new ReplicaScript(
                prepares, startsUp, endless ? java.util.Optional.empty() : java.util.Optional.of(runs), exit);
    }

    /**
     * Lets a user do something to one of the jobs, or nothing.
     *
     * @param jobs the jobs
     */
    public void meddle(List<JobHandle> jobs) {
        JobHandle job = jobs.get(random.nextInt(jobs.size()));
        switch (random.nextInt(12)) {
            case 0 -> job.cancel("the user changed his mind");
            case 1, 2 -> job.suspend();
            case 3, 4, 5 -> job.resume();
            case 6, 7 -> resize(job);
            case 8 -> job.delete();
            default -> {}
        }
    }

    private void resize(JobHandle job) {
        JobView view = job.view();
        view.record().train().roles().stream()
                .filter(Role::isElastic)
                .findFirst()
                .ifPresent(role -> {
                    TreeMap<String, Integer> sizes = new TreeMap<>();
                    sizes.put(role.name(), role.least() + random.nextInt(role.most() - role.least() + 1));
                    job.resize(sizes);
                });
    }

    /**
     * Decides by chance.
     *
     * @param percent how likely
     * @return true as often as that
     */
    public boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    /**
     * Picks a length of time.
     *
     * @param most the longest
     * @return zero to the longest
     */
    public Duration upTo(Duration most) {
        return Duration.ofMillis(random.nextLong(most.toMillis() + 1));
    }

    @SafeVarargs
    private <T> T pick(T... values) {
        return values[random.nextInt(values.length)];
    }
}
