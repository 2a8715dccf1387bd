package io.mlengine.plugins.horovod;

import java.util.Map;

/** Lets the conformance cases give out slots as the launcher does. */
public final class Slots {
    private Slots() {}

    /** Gives out slots and forgets them; throws when there are too few. */
    public static void assign(Map<String, Integer> slotsOfHosts, int processes) {
        Slot.assign(slotsOfHosts, processes);
    }
}
