package io.mlengine.plugins.machine;

import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.ClusterView.Member;
import io.mlengine.spi.model.Device;
import io.mlengine.spi.model.Role;
import java.util.List;
import java.util.Optional;

/** Which processes of a job count as one machine, for frameworks that number the processes of each. */
public final class Machines {
    private Machines() {}

    /**
     * The ranks that form one machine with this one. On a shared host these are its neighbours when every rank there has
     * exactly one whole GPU, or none has any: only then does a local rank name the right device. Else each rank is a
     * machine of its own: a process can use one MIG instance, and sees it as device 0.
     *
     * @param ranks the members that have ranks, in the order of these
     * @param member one of them
     */
    public static List<Member> machineOf(ClusterView view, List<Member> ranks, Member member) {
        List<Member> host = view.onHostOf(member);
        boolean isShared = host.stream().allMatch(other -> other.deviceCount() == 0)
                || host.stream().filter(other -> !ranks.contains(other)).allMatch(other -> other.deviceCount() == 0)
                        && host.stream().filter(ranks::contains).allMatch(other -> hasOneWholeDevice(view, other));
        return isShared ? ranks.stream().filter(host::contains).toList() : List.of(member);
    }

    private static boolean hasOneWholeDevice(ClusterView view, Member member) {
        Role role = view.job().role(member.key().role()).orElseThrow();
        return member.deviceCount() == 1 && !isMig(role, member);
    }

    /** Tells whether the member's devices are MIG instances. */
    public static boolean isMig(Role role, Member member) {
        return isMig(role) || member.devices().stream().map(Device::migProfile).anyMatch(Optional::isPresent);
    }

    /** Tells whether the role asks for MIG instances. */
    public static boolean isMig(Role role) {
        return role.resources().gpus().flatMap(gpus -> gpus.migProfile()).isPresent();
    }
}
