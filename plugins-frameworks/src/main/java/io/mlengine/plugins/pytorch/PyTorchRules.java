package io.mlengine.plugins.pytorch;

import io.mlengine.plugins.machine.Machines;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What PyTorch cannot run; names, types and ranges of single options are checked by the engine from the schema. */
final class PyTorchRules {
    private static final Pattern SETTING = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*=[^,]*");
    private static final Pattern ENDPOINT = Pattern.compile("[^\\s,/]+(:\\d{1,5})?");
    private static final Set<String> MODES = Set.of("auto", "agent", "rank");
    private static final Set<String> PROCESS_WORDS = Set.of("auto", "gpu", "cpu");
    private static final List<String> AGENT_ONLY =
            List.of("maxRestarts", "rdzvBackend", "rdzvConf", "rdzvEndpoint", "rdzvId", "standalone");

    private final JobShape job;
    private final PyTorchOptions options;
    private final List<Violation> violations = new ArrayList<>();

    private PyTorchRules(JobShape job) {
        this.job = job;
        this.options = PyTorchOptions.of(job);
    }

    static List<Violation> check(JobShape job) {
        PyTorchRules rules = new PyTorchRules(job);
        rules.checkRoles();
        rules.checkMode();
        rules.checkProcesses();
        if (Mode.of(job) == Mode.AGENT) {
            rules.checkRendezvous();
        } else {
            rules.checkRankMode();
        }
        return List.copyOf(rules.violations);
    }

    private void checkRoles() {
        List<Role> ranked = Ranks.rolesOf(job);
        if (ranked.isEmpty()) {
            add("spec.roles", "PYTORCH-ROLES", "no role takes part in the training", "", "add a role named worker");
        }
        boolean hasKnown =
                job.role(Ranks.MASTER).isPresent() || job.role(Ranks.WORKER).isPresent();
        for (Role role : job.roles()) {
            boolean isExtra = hasKnown ? !ranked.contains(role) : ranked.indexOf(role) > 0;
            if (role.tracked() && isExtra) {
                add(
                        path(role, "name"),
                        "PYTORCH-ROLES",
                        "ranks are given to the roles master and worker, or to one role of any name",
                        role.name(),
                        "rename it, or set tracked: false on what only accompanies the training");
            }
            if (role.tracked() || !ranked.contains(role)) {
                continue;
            }
            add(path(role, "tracked"), "PYTORCH-ROLES", "a role with ranks must be tracked", "false", "remove tracked");
        }
        job.role(Ranks.MASTER)
                .filter(master -> master.most() != 1 || master.least() != 1)
                .ifPresent(master -> add(
                        path(master, "replicas"),
                        "PYTORCH-MASTER",
                        "there is exactly one master",
                        Integer.toString(master.most()),
                        "set replicas: 1 and put the others into the role worker"));
        for (Role role : ranked) {
            if (Machines.isMig(role) && role.resources().gpuCount() > 1) {
                add(
                        path(role, "resources.gpus.count"),
                        "PYTORCH-MIG",
                        "a process can use one MIG instance only",
                        Integer.toString(role.resources().gpuCount()),
                        "set count: 1 and ask for more replicas");
            }
        }
    }

    private void checkMode() {
        if (!MODES.contains(options.mode())) {
            add(
                    option("mode"),
                    "PYTORCH-MODE",
                    "unknown mode",
                    options.mode(),
                    "use auto, agent (torchrun starts the ranks) or rank (the engine does)");
            return;
        }
        List<Role> ranked = Ranks.rolesOf(job);
        long agents = ranked.stream().filter(Mode::startsAgent).count();
        if (options.mode().equals("auto") && agents > 0 && agents < ranked.size()) {
            add(
                    "spec.roles",
                    "PYTORCH-MODE",
                    "some roles start torchrun and others do not",
                    "",
                    "start all of them the same way, or say which with frameworkOptions.mode");
        }
        if (options.mode().equals("rank")) {
            ranked.stream()
                    .filter(Mode::startsAgent)
                    .forEach(role -> add(
                            path(role, "command"),
                            "PYTORCH-MODE",
                            "torchrun starts ranks of its own, so the replica cannot be one rank",
                            role.commandLine().get(0),
                            "set mode: agent, or start the program with python"));
        }
    }

    private void checkProcesses() {
        String asked = options.nprocPerNode().orElse("1");
        if (!PROCESS_WORDS.contains(asked) && !asked.matches("[1-9]\\d{0,4}")) {
            add(
                    option("nprocPerNode"),
                    "PYTORCH-PROCESSES",
                    "not a number of processes",
                    asked,
                    "use a number from 1, auto, gpu or cpu");
        }
    }

    private void checkRankMode() {
        options.nprocPerNode()
                .filter(asked -> !asked.equals("1"))
                .ifPresent(asked -> add(
                        option("nprocPerNode"),
                        "PYTORCH-PROCESSES",
                        "in rank mode a replica is one process",
                        asked,
                        "set replicas to the number of processes, or start the program with torchrun"));
        Ranks.rolesOf(job).stream()
                .filter(Role::isElastic)
                .filter(role -> role.least() < role.most())
                .forEach(role -> add(
                        path(role, role.minReplicas().isPresent() ? "minReplicas" : "maxReplicas"),
                        "PYTORCH-ELASTIC",
                        "a job with one process a rank cannot change its size",
                        role.least() + " to " + role.most(),
                        "start the program with torchrun, or remove minReplicas and maxReplicas"));
        AGENT_ONLY.stream()
                .filter(job.options().values()::containsKey)
                .forEach(name -> add(
                        option(name),
                        "PYTORCH-MODE",
                        "this option is torchrun's, and the job does not start torchrun",
                        String.valueOf(job.options().values().get(name)),
                        "start the program with torchrun, or remove it"));
    }

    private void checkRendezvous() {
        if (options.standalone() && Ranks.mostOf(job) != 1) {
            add(
                    option("standalone"),
                    "PYTORCH-RENDEZVOUS",
                    "agents without a rendezvous would train apart",
                    "true",
                    "remove standalone, or ask for one replica");
        }
        for (int i = 0; i < options.rdzvConf().size(); i++) {
            String setting = options.rdzvConf().get(i);
            if (!SETTING.matcher(setting).matches()) {
                add(
                        option("rdzvConf[" + i + "]"),
                        "PYTORCH-RENDEZVOUS",
                        "not a setting",
                        setting,
                        "write key=value without a comma");
            }
        }
        options.rdzvEndpoint()
                .filter(endpoint -> !ENDPOINT.matcher(endpoint).matches())
                .ifPresent(endpoint -> add(
                        option("rdzvEndpoint"), "PYTORCH-RENDEZVOUS", "not an address", endpoint, "write host:port"));
        if (!options.rdzvBackend().equals("c10d") && options.rdzvEndpoint().isEmpty()) {
            add(
                    option("rdzvBackend"),
                    "PYTORCH-RENDEZVOUS",
                    "the engine hosts no such store",
                    options.rdzvBackend(),
                    "name your own with rdzvEndpoint, or use c10d");
        }
    }

    private String path(Role role, String field) {
        return "spec.roles[" + job.roles().indexOf(role) + "]." + field;
    }

    private static String option(String name) {
        return "spec.frameworkOptions." + name;
    }

    private void add(String path, String code, String message, String found, String advice) {
        violations.add(new Violation(path, code, message, found, advice));
    }
}
