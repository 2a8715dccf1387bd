package io.mlengine.plugins.pytorch;

import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.ClusterView.Member;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Role;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Agent mode: each replica is torchrun, which reads its options from PET_ variables and gives RANK and the like to the
 * ranks that it starts. Flags on torchrun's command line win over all of this.
 */
final class AgentPlans {
    static final String RENDEZVOUS_PORT = "rendezvous";
    static final int PREFERRED_RENDEZVOUS_PORT = 29400;

    /** A lost agent makes the others restart their ranks, and that uses up one of these. */
    private static final long ELASTIC_RESTARTS = 100;

    /** A newcomer may not share torchrun's store: with it every agent waits a minute and ends when one joins. */
    private static final String OWN_STORE = "TORCH_DISABLE_SHARE_RDZV_TCP_STORE";

    /**
     * join_timeout and read_timeout: an agent may come minutes after the others, while its image is pulled; by default the
     * others would give up on the store after one minute. last_call_timeout: how long a rendezvous that has enough agents
     * waits for more; torchrun's 30 s would be lost with each change of size, and who comes later is let in all the same.
     * keep_alive: an agent that is silent for three seconds is missed; by default it takes a quarter of a minute, and the
     * training stands still meanwhile (measured: 8 s in all against 44 s).
     */
    private static final SortedMap<String, String> TIMEOUTS = new TreeMap<>(Map.of(
            "join_timeout", "600",
            "keep_alive_interval", "1",
            "keep_alive_max_attempt", "3",
            "last_call_timeout", "2",
            "read_timeout", "600"));

    private AgentPlans() {}

    /** Tells whether the agents meet through a rendezvous; else each is told its place. */
    static boolean usesRendezvous(JobShape job) {
        PyTorchOptions options = PyTorchOptions.of(job);
        return !options.standalone() && (Ranks.isElastic(job) || options.asksForRendezvous());
    }

    static ReplicaPlan.Builder plan(ClusterView view, Role role, Ranks ranks, Member member) {
        JobShape job = view.job();
        String perAgent = Processes.perAgent(job, role, member);
        ReplicaPlan.Builder plan = ReplicaPlan.of(role, member).env("PET_NPROC_PER_NODE", perAgent);
        if (PyTorchOptions.of(job).standalone()) {
            // torchrun reads a flag as a number: an empty text, which means true elsewhere, is an error.
            plan.env("PET_STANDALONE", 1);
            PyTorchOptions.of(job).maxRestarts().ifPresent(restarts -> plan.env("PET_MAX_RESTARTS", restarts));
        } else if (usesRendezvous(job)) {
            addRendezvous(plan, view.attempt(), job, role, ranks, member);
        } else {
            plan.env("PET_NNODES", ranks.size())
                    .env("PET_NODE_RANK", ranks.rankOf(member))
                    .env("PET_MASTER_ADDR", ranks.first().host())
                    .env("PET_MASTER_PORT", ranks.first().port(RankPlans.PORT));
        }
        long processes = perAgent.chars().allMatch(Character::isDigit)
                ? Long.parseLong(perAgent)
                : Math.max(1, role.resources().gpuCount());
        Processes.addCommon(plan, job, role, processes);
        return plan;
    }

    private static void addRendezvous(
            ReplicaPlan.Builder plan, AttemptId attempt, JobShape job, Role role, Ranks ranks, Member member) {
        PyTorchOptions options = PyTorchOptions.of(job);
        int least = Ranks.leastOf(job);
        int most = Ranks.mostOf(job);
        plan.env("PET_NNODES", least == most ? Integer.toString(most) : least + ":" + most)
                .env("PET_RDZV_BACKEND", options.rdzvBackend())
                .env("PET_RDZV_ENDPOINT", options.rdzvEndpoint().orElseGet(() -> endpointAt(ranks.first())))
                // A store that outlives an attempt must not hand out what the attempt before left in it.
                .env("PET_RDZV_ID", options.rdzvId().orElse(attempt.job() + "-" + attempt.number()))
                // Rank 0 is announced under this name; the machine's own name need not be known to the others.
                .env("PET_LOCAL_ADDR", member.host());
        long restarts = options.maxRestarts().orElse(Ranks.isElastic(job) ? ELASTIC_RESTARTS : 0);
        if (restarts > 0) {
            plan.env("PET_MAX_RESTARTS", restarts);
        }
        if (Ranks.isElastic(job) && !Processes.isSetByUser(job, role, OWN_STORE)) {
            plan.env(OWN_STORE, 1);
        }
        String conf = conf(options, ranks.first().equals(member));
        if (!conf.isEmpty()) {
            plan.env("PET_RDZV_CONF", conf);
        }
    }

    private static String endpointAt(Member first) {
        return first.host() + ":" + first.port(RENDEZVOUS_PORT);
    }

    private static String conf(PyTorchOptions options, boolean isHost) {
        Map<String, String> conf = new LinkedHashMap<>();
        if (options.rdzvEndpoint().isEmpty()) {
            // Left alone, every agent on the endpoint's machine takes itself for the host of the store.
            conf.put("is_host", isHost ? "1" : "0");
            conf.putAll(TIMEOUTS);
        }
        options.rdzvConf().forEach(setting -> {
            int equals = setting.indexOf('=');
            conf.put(setting.substring(0, equals), setting.substring(equals + 1));
        });
        return conf.entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue())
                .collect(Collectors.joining(","));
    }
}
