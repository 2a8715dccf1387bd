package io.mlengine.plugins.command;

import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.ClusterView.Member;
import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.framework.Json;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.framework.OptionSchema;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.Deciders;
import io.mlengine.spi.model.FrameworkName;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.RestartScope;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Violation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Starts the roles' own commands. Each replica learns its peers' hosts from {@code MLENGINE_PEERS}, a JSON object from
 * role to hosts by index. With the option {@code ports} each replica also holds a port of each name: its own in {@code
 * MLENGINE_PORT_<NAME>}, everybody's in {@code MLENGINE_ADDRESSES_<ROLE>_<NAME>} as {@code host:port,…} by index.
 */
public final class CommandLauncher implements FrameworkLauncher {
    private static final String PORTS = "ports";
    private static final Pattern PORT_NAME = Pattern.compile("[a-z]([a-z0-9-]{0,13}[a-z0-9])?");
    private static final int FIRST_PREFERRED_PORT = 8470;

    @Override
    public FrameworkName name() {
        return FrameworkName.of("command");
    }

    @Override
    public OptionSchema options() {
        return OptionSchema.of(OptionSchema.Option.of(
                        PORTS,
                        OptionSchema.Type.LIST,
                        "Names of TCP ports that every replica listens on; each becomes MLENGINE_PORT_<NAME>.")
                .build());
    }

    @Override
    public JobShape defaults(JobShape job) {
        return JobShape.builder()
                .from(job)
                .roles(job.roles().stream().map(CommandLauncher::withDefaults).toList())
                .build();
    }

    private static Role withDefaults(Role role) {
        return Role.builder()
                .from(role)
                .restartScope(role.restartScope().orElse(RestartScope.GROUP))
                .deciders(role.deciders().orElse(role.tracked() ? Deciders.ALL : Deciders.NONE))
                .build();
    }

    @Override
    public List<Violation> validate(JobShape job) {
        List<Violation> violations = new ArrayList<>();
        List<String> ports = job.options().list(PORTS);
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < ports.size(); i++) {
            String path = "spec.frameworkOptions.ports[" + i + "]";
            String port = ports.get(i);
            if (!PORT_NAME.matcher(port).matches()) {
                violations.add(new Violation(
                        path,
                        "COMMAND-PORT",
                        "not a name for a port",
                        port,
                        "use at most 15 small letters, digits and dashes, a letter first"));
            }
            if (!seen.add(port)) {
                violations.add(new Violation(path, "COMMAND-PORT", "this name is listed twice", port, "remove one"));
            }
        }
        return violations;
    }

    @Override
    public List<String> reservedVariables(JobShape job) {
        return List.of("MLENGINE_PEERS", "MLENGINE_PORT_*", "MLENGINE_ADDRESSES_*");
    }

    @Override
    public Needs needs(JobShape job) {
        List<String> ports = job.options().list(PORTS);
        List<Needs.Port> needed = new ArrayList<>();
        for (Role role : job.roles()) {
            for (int index = 0; index < role.replicas(); index++) {
                for (int port = 0; port < ports.size(); port++) {
                    ReplicaKey replica = new ReplicaKey(role.name(), index);
                    needed.add(new Needs.Port(replica, ports.get(port), FIRST_PREFERRED_PORT + port));
                }
            }
        }
        return new Needs(needed);
    }

    @Override
    public LaunchPlan plan(ClusterView view) {
        SortedMap<String, List<Member>> byRole = view.members().stream()
                .sorted(Comparator.comparing(Member::key))
                .collect(Collectors.groupingBy(member -> member.key().role(), TreeMap::new, Collectors.toList()));
        SortedMap<String, String> shared =
                addresses(byRole, view.job().options().list(PORTS));
        shared.put("MLENGINE_PEERS", Json.write(hosts(byRole)));
        return new LaunchPlan(
                view.job().roles().stream()
                        .flatMap(role -> byRole.getOrDefault(role.name(), List.of()).stream()
                                .map(member -> plan(role, member, shared)))
                        .toList(),
                List.of());
    }

    private static ReplicaPlan plan(Role role, Member member, SortedMap<String, String> shared) {
        ReplicaPlan.Builder plan = ReplicaPlan.of(role, member);
        shared.forEach(plan::env);
        member.ports().forEach((name, port) -> plan.env("MLENGINE_PORT_" + variable(name), port));
        return plan.build();
    }

    private static SortedMap<String, List<String>> hosts(SortedMap<String, List<Member>> byRole) {
        SortedMap<String, List<String>> hosts = new TreeMap<>();
        byRole.forEach((role, members) ->
                hosts.put(role, members.stream().map(Member::host).toList()));
        return hosts;
    }

    private static SortedMap<String, String> addresses(SortedMap<String, List<Member>> byRole, List<String> ports) {
        SortedMap<String, String> addresses = new TreeMap<>();
        byRole.forEach((role, members) -> ports.forEach(port -> addresses.put(
                "MLENGINE_ADDRESSES_" + variable(role) + "_" + variable(port),
                members.stream()
                        .map(member -> member.host() + ":" + member.port(port))
                        .collect(Collectors.joining(",")))));
        return addresses;
    }

    private static String variable(String name) {
        return name.toUpperCase(Locale.ROOT).replace('-', '_');
    }
}
