package io.mlengine.core.lifecycle;

import io.mlengine.spi.model.Role;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The waves in which the roles of a job are launched: a role comes one wave after the last role that it waits for. */
final class StartOrder {
    private final SortedMap<String, Integer> waves = new TreeMap<>();

    StartOrder(List<Role> roles) {
        roles.forEach(role -> waves.put(role.name(), 0));
        // A chain is at most as long as there are roles; a cycle, which admission refuses, ends here too.
        for (int round = 1; round < roles.size(); round++) {
            roles.forEach(role -> waves.put(role.name(), wave(role)));
        }
    }

    private int wave(Role role) {
        return role.startAfter().stream()
                .filter(waves::containsKey)
                .mapToInt(before -> Math.min(waves.size() - 1, waves.getOrDefault(before, 0) + 1))
                .max()
                .orElse(0);
    }

    /** The wave of a role, from 0. */
    int waveOf(String role) {
        return waves.getOrDefault(role, 0);
    }
}
