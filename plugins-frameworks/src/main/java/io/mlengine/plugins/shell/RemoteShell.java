package io.mlengine.plugins.shell;

import io.mlengine.plugins.program.Programs;
import io.mlengine.spi.framework.ClusterView.Member;
import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.framework.PlanFile;
import io.mlengine.spi.framework.Ready;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.ReplicaKey;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * Lets one replica run commands inside others, as mpirun and horovodrun do it through ssh. The others run an agent; the
 * one gets a program that is called like ssh. A command then uses the limits and devices of the replica in which it
 * runs, and ends with it. Both need a {@code python3}, and know each other by the secret of their attempt.
 */
public final class RemoteShell {
    /** Name of the port on which an agent listens; it is ready when that is open. */
    public static final String PORT = "shell";

    private static final int PREFERRED_PORT = 2222;
    private static final Set<String> OWN_MACHINE = Set.of("127.0.0.1", "localhost", "::1");

    private static final PlanFile PROTOCOL = Programs.beside(RemoteShell.class, "rsh_protocol.py", false);
    private static final PlanFile AGENT = Programs.beside(RemoteShell.class, "rsh_agent.py", false);
    private static final PlanFile CLIENT = Programs.beside(RemoteShell.class, "rsh-agent", true);
    private static final String HOSTS = "rsh_hosts";

    /** What a replica with an agent runs; {@link #agent} adds the options. */
    public static final List<String> AGENT_COMMAND = List.of("python3", AGENT.reference());

    private RemoteShell() {}

    /** The port that a replica with an agent needs. */
    public static Needs.Port port(ReplicaKey replica) {
        return new Needs.Port(replica, PORT, PREFERRED_PORT);
    }

    /** Tells whether a host is the machine that asks, so that its replicas share one address. */
    public static boolean isOwnMachine(String host) {
        return OWN_MACHINE.contains(host);
    }

    /**
     * Starts the plan of a replica that runs an agent and nothing else.
     *
     * @param options further options of {@code rsh_agent.py}, for example for a host name of its own
     */
    public static ReplicaPlan.Builder agent(Member member, String... options) {
        // Where replicas share a machine, nobody outside has any business here.
        String bind = isOwnMachine(member.host()) ? member.host() : "0.0.0.0";
        return ReplicaPlan.builder()
                .key(member.key())
                .command(AGENT_COMMAND)
                .addCommand("--bind", bind, "--port", Integer.toString(member.port(PORT)))
                .addCommand(options)
                .addFiles(AGENT, PROTOCOL)
                .ready(Ready.port(PORT));
    }

    /**
     * The files of a replica that calls agents.
     *
     * @param hosts the replicas with agents by the host names under which they will be called; the names need not exist
     */
    public static List<PlanFile> client(SortedMap<String, Member> hosts) {
        String addresses = hosts.entrySet().stream()
                .map(host -> host.getKey() + " " + host.getValue().host() + ":"
                        + host.getValue().port(PORT) + "\n")
                .collect(Collectors.joining());
        return List.of(CLIENT, PROTOCOL, new PlanFile(HOSTS, addresses, false));
    }

    /** How the plan of a replica with {@link #client} names the program that is called like ssh. */
    public static String command() {
        return CLIENT.reference();
    }
}
