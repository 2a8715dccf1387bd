package io.mlengine.plugins.horovod;

import io.mlengine.plugins.program.Programs;
import io.mlengine.spi.framework.ClusterView.Member;
import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.framework.PlanFile;
import io.mlengine.spi.framework.Ready;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.Deciders;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.RestartScope;
import io.mlengine.spi.model.Role;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A role of one replica that runs a program of ours beside those that train, and is new in each attempt. It needs no more
 * than a Python. A user who wants it to have an image or resources of its own writes the role into the job.
 */
enum Companion {
    /** Keeps the addresses of the processes until they have met; none finds what an earlier attempt has left. */
    RENDEZVOUS("rendezvous", "rendezvous.py", false),
    /** Runs horovodrun, and tells it which workers there are; its end is the end of the job. */
    LAUNCHER("launcher", "elastic_launcher.py", true);

    private static final String PORT = "meeting";

    private final String roleName;
    private final PlanFile program;
    private final boolean isTracked;

    Companion(String roleName, String program, boolean isTracked) {
        this.roleName = roleName;
        this.program = Programs.beside(Companion.class, program, false);
        this.isTracked = isTracked;
    }

    /** The one that a job has. */
    static Companion of(JobShape job) {
        return Processes.areElastic(job) ? LAUNCHER : RENDEZVOUS;
    }

    static boolean isNamed(String role) {
        return Stream.of(values()).anyMatch(companion -> companion.roleName.equals(role));
    }

    String roleName() {
        return roleName;
    }

    boolean isTracked() {
        return isTracked;
    }

    /** Fills in what the user left out of the role, or the whole role. */
    Role in(JobShape job) {
        Role declared = job.role(roleName).orElseGet(() -> {
            Optional<Role> worker = Processes.rolesOf(job).stream().findFirst();
            return Role.named(roleName)
                    .tracked(isTracked)
                    // Horovod's image has a Python, and the launcher needs Horovod itself.
                    .image(worker.flatMap(Role::image))
                    .workingDirectory(worker.flatMap(Role::workingDirectory))
                    .build();
        });
        Role.Builder filled = Role.builder()
                .from(declared)
                .restartScope(declared.restartScope().orElse(RestartScope.GROUP))
                .deciders(declared.deciders().orElse(isTracked ? Deciders.ALL : Deciders.NONE));
        if (declared.commandLine().isEmpty()) {
            filled.command(command());
        }
        return filled.build();
    }

    private List<String> command() {
        return List.of("python3", program.reference());
    }

    /** Tells whether the role is as this needs it. */
    boolean fits(Role role) {
        return role.tracked() == isTracked
                && role.least() == 1
                && role.most() == 1
                && role.commandLine().equals(command());
    }

    Needs.Port port(JobShape job) {
        return new Needs.Port(
                new ReplicaKey(roleName, 0), PORT, HorovodOptions.of(job).rendezvousPort());
    }

    static int portOf(Member companion) {
        return companion.port(PORT);
    }

    /** Starts its plan: the program with the address to listen on; further arguments follow. */
    ReplicaPlan.Builder plan(Role role, Member member) {
        // On this machine nobody outside needs to reach it; a pod's name need not stand for the pod's own interface.
        String address = Loopback.is(member.host()) ? member.host() : "0.0.0.0";
        return ReplicaPlan.of(role, member)
                .addCommand(address, Integer.toString(portOf(member)))
                .addFiles(program)
                .ready(Ready.port(PORT))
                .devices(ReplicaPlan.DeviceVisibility.NONE);
    }
}
