package io.mlengine.core.admission;

import static io.mlengine.core.admission.FieldPath.key;

import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.GpuRequest;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Roles: sizes, names, what they run, what they hold, and the order in which they start. */
final class RoleRules {
    private static final String ROLES = "spec.roles";
    private static final Pattern MIG_PROFILE = Pattern.compile("[1-9]g\\.[1-9][0-9]*gb(\\+[a-z0-9.]+)?");

    private final MLTrain train;
    private final List<String> reserved;
    private final Findings findings;

    RoleRules(MLTrain train, List<String> reserved, Findings findings) {
        this.train = train;
        this.reserved = reserved;
        this.findings = findings;
    }

    void check() {
        List<Role> roles = train.roles();
        if (roles.isEmpty()) {
            findings.add(ViolationCode.NO_ROLES, ROLES, "", "add a role with name, replicas and command");
            return;
        }
        NameRules.distinct(ROLES, roles.stream().map(Role::name).toList(), findings);
        for (int i = 0; i < roles.size(); i++) {
            role(FieldPath.item(ROLES, i), roles.get(i));
        }
        if (roles.stream().noneMatch(Role::tracked)) {
            findings.add(ViolationCode.NOTHING_TRACKED, ROLES, "", "let `tracked` be true for the role that trains");
        }
        startOrder();
    }

    private void role(String path, Role role) {
        size(path, role);
        runName(path, role);
        if (role.commandLine().isEmpty() && role.image().isEmpty()) {
            String advice = "role `" + role.name() + "` needs a command, for example [python, train.py]";
            findings.add(ViolationCode.NO_COMMAND, key(path, "command"), "", advice);
        }
        VariableRules.check(key(path, "env"), role.env(), reserved, findings);
        notBlank(key(path, "image"), role.image());
        notBlank(key(path, "workingDirectory"), role.workingDirectory());
        resources(key(path, "resources"), role.resources());
        NodeRules.check(key(path, "nodes"), role.nodes(), findings);
        PodRules.check(key(path, "pod"), role.pod(), findings);
    }

    private void size(String path, Role role) {
        findings.range(key(path, "replicas"), role.replicas(), 1, Limits.MOST_REPLICAS);
        role.minReplicas().ifPresent(least -> findings.range(key(path, "minReplicas"), least, 1, Limits.MOST_REPLICAS));
        role.maxReplicas().ifPresent(most -> findings.range(key(path, "maxReplicas"), most, 1, Limits.MOST_REPLICAS));
        if (role.least() > role.replicas()) {
            String advice = role.least() + " is more than the " + role.replicas() + " replicas that it starts with";
            findings.add(ViolationCode.CONTRADICTION, key(path, "minReplicas"), Integer.toString(role.least()), advice);
        }
        if (role.most() < role.replicas()) {
            String advice = role.most() + " is fewer than the " + role.replicas() + " replicas that it starts with";
            findings.add(ViolationCode.CONTRADICTION, key(path, "maxReplicas"), Integer.toString(role.most()), advice);
        }
    }

    private void runName(String path, Role role) {
        int digits = Integer.toString(Math.max(0, role.most() - 1)).length();
        int room = Limits.DNS_LABEL - Limits.NAME_RESERVE - digits - 2;
        int length = train.name().length() + role.name().length();
        if (length > room
                && train.name().length() <= Limits.DNS_LABEL
                && role.name().length() <= Limits.DNS_LABEL) {
            // The longer of the two is the one to shorten.
            boolean isJob = train.name().length() >= role.name().length();
            String advice = "names of job and role have " + length + " characters together, at most " + room
                    + " leave room for index, attempt and restart";
            findings.add(
                    ViolationCode.NAME_TOO_LONG,
                    isJob ? "metadata.name" : key(path, "name"),
                    isJob ? train.name() : role.name(),
                    advice);
        }
    }

    private void notBlank(String path, Optional<String> value) {
        if (value.isPresent() && value.get().isBlank()) {
            findings.add(ViolationCode.BAD_PATH, path, value.get(), "leave the field out instead of leaving it empty");
        }
    }

    private void resources(String path, Resources resources) {
        findings.range(key(path, "cpu"), resources.cpuMillis(), 0, Long.MAX_VALUE);
        findings.range(key(path, "memory"), resources.memoryBytes(), 0, Long.MAX_VALUE);
        resources.extended().forEach((name, count) -> {
            String at = key(key(path, "extended"), name);
            NameRules.qualified(at, name, findings);
            findings.range(at, count, 1, Long.MAX_VALUE);
        });
        resources.gpus().ifPresent(gpus -> gpus(key(path, "gpus"), gpus));
    }

    private void gpus(String path, GpuRequest gpus) {
        findings.range(key(path, "count"), gpus.count(), 1, Limits.MOST_GPUS);
        gpus.memoryBytes().ifPresent(bytes -> findings.range(key(path, "memory"), bytes, 1, Long.MAX_VALUE));
        notBlank(key(path, "model"), gpus.model());
        gpus.migProfile().ifPresent(profile -> {
            if (!MIG_PROFILE.matcher(profile).matches()) {
                findings.add(ViolationCode.BAD_NAME, key(path, "migProfile"), profile, "for example 1g.10gb");
            }
            if (gpus.memoryBytes().isPresent()) {
                String advice = "the MIG profile already says how much memory; remove one of the two";
                findings.add(ViolationCode.CONTRADICTION, key(path, "memory"), "", advice);
            }
        });
    }

    private void startOrder() {
        List<String> names = train.roles().stream().map(Role::name).toList();
        TreeMap<String, List<String>> after = new TreeMap<>();
        for (int i = 0; i < train.roles().size(); i++) {
            Role role = train.roles().get(i);
            after.putIfAbsent(role.name(), role.startAfter());
            String path = key(FieldPath.item(ROLES, i), "startAfter");
            for (int j = 0; j < role.startAfter().size(); j++) {
                String other = role.startAfter().get(j);
                if (!names.contains(other)) {
                    String advice = Suggestions.advice(other, names);
                    findings.add(ViolationCode.UNKNOWN_ROLE, FieldPath.item(path, j), other, advice);
                }
            }
        }
        Set<String> settled = new TreeSet<>();
        Set<String> reported = new TreeSet<>();
        for (int i = 0; i < train.roles().size(); i++) {
            String name = train.roles().get(i).name();
            if (!settled.contains(name) && reaches(name, name, after, new TreeSet<>()) && reported.add(name)) {
                String path = key(FieldPath.item(ROLES, i), "startAfter");
                String advice = "`" + name + "` waits for itself; remove one of the links";
                findings.add(ViolationCode.CYCLE, path, "", advice);
                // Every other role on the same circle would say the same again.
                names.stream()
                        .filter(other -> reaches(name, other, after, new TreeSet<>()))
                        .filter(other -> reaches(other, name, after, new TreeSet<>()))
                        .forEach(settled::add);
            }
        }
    }

    private static boolean reaches(String from, String to, TreeMap<String, List<String>> after, Set<String> seen) {
        for (String next : after.getOrDefault(from, List.of())) {
            if (next.equals(to) || (seen.add(next) && reaches(next, to, after, seen))) {
                return true;
            }
        }
        return false;
    }
}
