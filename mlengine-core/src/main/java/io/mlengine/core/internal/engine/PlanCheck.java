package io.mlengine.core.internal.engine;

import io.mlengine.core.scheduling.ClusterState;
import io.mlengine.core.scheduling.PendingGang;
import io.mlengine.core.scheduling.Plan;
import io.mlengine.core.scheduling.RunningGang;
import io.mlengine.spi.model.Device;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Node;
import io.mlengine.spi.model.Placement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Refuses plans that hand out what is not there. A policy is never trusted: one that is wrong must not start two jobs
 * on one device. Costs what is running and started, not what waits.
 */
final class PlanCheck {
    private PlanCheck() {}

    /** Returns the plan when it is sound. */
    static Plan sound(ClusterState state, Plan plan) {
        if (plan.isEmpty()) {
            return plan;
        }
        if (plan.stateVersion() != state.version()) {
            throw new IllegalStateException(
                    "the plan is about version " + plan.stateVersion() + ", not " + state.version());
        }
        Map<JobId, Placement> held = new HashMap<>();
        for (RunningGang gang : state.running()) {
            held.put(gang.id(), gang.placement());
        }
        Set<JobId> pending = new HashSet<>();
        for (PendingGang gang : state.pending()) {
            pending.add(gang.id());
        }
        for (Plan.Start start : plan.starts()) {
            require(pending.contains(start.job()), "starts a job that does not wait: " + start.job());
            require(held.put(start.job(), start.placement()) == null, "starts a job twice: " + start.job());
        }
        for (Plan.Resize resize : plan.resizes()) {
            require(
                    held.put(resize.job(), resize.placement()) != null,
                    "resizes a job that holds nothing: " + resize.job());
        }
        for (Plan.Eviction eviction : plan.evictions()) {
            require(held.containsKey(eviction.victim()), "evicts a job that holds nothing: " + eviction.victim());
        }
        distinctDevices(state, plan, held);
        return plan;
    }

    private static void distinctDevices(ClusterState state, Plan plan, Map<JobId, Placement> held) {
        Map<String, Set<String>> available = new HashMap<>();
        for (Node node : state.nodes()) {
            Set<String> ids = new HashSet<>();
            for (Device device : node.devices()) {
                if (device.availability() == Device.Availability.AVAILABLE) {
                    ids.add(device.id());
                }
            }
            available.put(node.name(), ids);
        }
        Set<JobId> granted = new HashSet<>();
        plan.starts().forEach(start -> granted.add(start.job()));
        Set<String> taken = new HashSet<>();
        held.forEach((job, placement) -> {
            for (Placement.Slot slot : placement.replicas()) {
                for (String device : slot.devices()) {
                    require(taken.add(slot.node() + "/" + device), "hands out a device twice: " + device);
                    require(
                            !granted.contains(job)
                                    || available
                                            .getOrDefault(slot.node(), Set.of())
                                            .contains(device),
                            "hands out a device that is not available: " + device);
                }
            }
        });
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalStateException("the policy's plan " + message);
        }
    }
}
