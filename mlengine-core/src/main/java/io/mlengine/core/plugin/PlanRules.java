package io.mlengine.core.plugin;

import io.mlengine.spi.framework.ClusterView.Member;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.framework.PlanFile;
import io.mlengine.spi.framework.Ready;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.EnvValue;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Role;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** What every backend relies on in a launcher's answers; the contract test of the test kit asserts the same rules. */
public final class PlanRules {
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /** A port's name is also one in Kubernetes (RFC 6335). */
    private static final Pattern PORT_NAME = Pattern.compile("(?=.*[a-z])[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?");

    /** Names between slashes, none of which leads elsewhere. */
    private static final Pattern FILE_PATH = Pattern.compile("(?!\\.\\.?(/|$))[^/\0]+(/(?!\\.\\.?(/|$))[^/\0]+)*");

    /** Variables under the engine's prefix that a launcher may set; all others there are the engine's. */
    private static final Pattern LAUNCHERS_OWN = Pattern.compile("MLENGINE_(PEERS|PORT_.+|ADDRESSES_.+)");

    private PlanRules() {}

    /**
     * What is wrong with the needs of a job.
     *
     * @return one sentence for each fault, empty when the needs can be met
     */
    public static List<String> problems(JobShape job, Needs needs) {
        List<String> problems = new ArrayList<>();
        Set<List<Object>> seen = new HashSet<>();
        for (Needs.Port port : needs.ports()) {
            ReplicaKey replica = port.replica();
            boolean exists = job.role(replica.role())
                    .map(Role::most)
                    .filter(most -> 0 <= replica.index() && replica.index() < most)
                    .isPresent();
            if (!exists) {
                problems.add("port " + port.name() + " is for " + replica + ", which the job does not have");
            }
            if (!PORT_NAME.matcher(port.name()).matches()) {
                problems.add("not a name for a port: " + port.name());
            }
            if (port.preferred() < 1 || port.preferred() > 65535) {
                problems.add("not a port number: " + port.preferred());
            }
            if (!seen.add(List.of(replica, port.name()))) {
                problems.add(replica + " needs the port " + port.name() + " twice");
            }
        }
        return problems;
    }

    /**
     * What is wrong with a plan.
     *
     * @param members those that the plan must cover, no more and no fewer
     * @return one sentence for each fault, empty when the plan can be launched
     */
    public static List<String> problems(List<Member> members, LaunchPlan plan) {
        List<String> problems = new ArrayList<>();
        TreeMap<ReplicaKey, Member> byKey = new TreeMap<>();
        members.forEach(member -> byKey.put(member.key(), member));
        TreeSet<ReplicaKey> missing = new TreeSet<>(byKey.keySet());
        Set<ReplicaKey> seen = new HashSet<>();
        for (ReplicaPlan replica : plan.replicas()) {
            missing.remove(replica.key());
            Member member = byKey.get(replica.key());
            if (!seen.add(replica.key())) {
                problems.add(replica.key() + " is planned twice");
            } else if (member == null) {
                problems.add(replica.key() + " is planned, but does not take part");
            } else {
                check(replica, member, problems);
            }
        }
        missing.forEach(key -> problems.add(key + " is not planned"));
        return problems;
    }

    private static void check(ReplicaPlan replica, Member member, List<String> problems) {
        String who = replica.key() + ": ";
        replica.env().forEach((name, value) -> {
            if (!VARIABLE.matcher(name).matches()) {
                problems.add(who + "not a name for a variable: " + name);
            }
            if (name.endsWith("_VISIBLE_DEVICES")) {
                problems.add(who + name + " is the backend's; say devices() instead");
            }
            if (name.startsWith("MLENGINE_") && !LAUNCHERS_OWN.matcher(name).matches()) {
                problems.add(who + name + " is the engine's");
            }
            if (value instanceof EnvValue.Literal literal && literal.value().indexOf(0) >= 0) {
                problems.add(who + "the value of " + name + " holds a zero byte");
            }
        });
        if (replica.command().stream().anyMatch(word -> word.indexOf(0) >= 0)) {
            problems.add(who + "the command holds a zero byte");
        }
        if (replica.ready().kind() == Ready.Kind.PORT
                && !member.ports().containsKey(replica.ready().argument())) {
            problems.add(who + "ready when the port " + replica.ready().argument()
                    + " is open, but it does not have that port");
        }
        if (replica.ready().kind() == Ready.Kind.FILE
                && !FILE_PATH.matcher(replica.ready().argument()).matches()) {
            problems.add(who + "ready when a file exists, but not a path for a file: "
                    + replica.ready().argument());
        }
        checkFiles(replica, who, problems);
    }

    private static void checkFiles(ReplicaPlan replica, String who, List<String> problems) {
        TreeSet<String> paths = new TreeSet<>();
        for (PlanFile file : replica.files()) {
            if (!FILE_PATH.matcher(file.path()).matches()) {
                problems.add(who + "not a path for a file: " + file.path());
            }
            if (!paths.add(file.path())) {
                problems.add(who + "the file " + file.path() + " is there twice");
            }
        }
        for (String path : paths) {
            paths.stream()
                    .filter(other -> other.startsWith(path + "/"))
                    .forEach(other -> problems.add(who + path + " is a file, so " + other + " cannot be one"));
        }
    }
}
