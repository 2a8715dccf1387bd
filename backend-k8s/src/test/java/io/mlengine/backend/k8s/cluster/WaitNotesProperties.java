package io.mlengine.backend.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class WaitNotesProperties {
    private static final int MOST_NEW = 100;
    private static final int MOST_AGAIN = 10;
    private static final int LONGEST_WAIT = 60;

    @Property(tries = 50)
    void allAreToldThatCanBeAndNoneThatFailsIsForgotten(
            @ForAll @IntRange(min = 1, max = 5) int gangs,
            @ForAll @IntRange(min = 1, max = 150) int size,
            @ForAll @IntRange(max = 100) int percentRefused,
            @ForAll Random random) {
        WaitNotesWorld world = new WaitNotesWorld();
        for (int gang = 0; gang < gangs; gang++) {
            for (int i = 0; i < size; i++) {
                if (random.nextInt(100) < percentRefused) {
                    world.refused.add("g" + gang + "-" + i);
                }
            }
            world.waits("g" + gang, size, "no room");
        }
        int pods = gangs * size;
        int looksForAll = (pods + MOST_NEW - 1) / MOST_NEW;
        // Whoever is due waits for the others that are due, and was not due before.
        int longest = LONGEST_WAIT + (world.refused.size() + MOST_AGAIN - 1) / MOST_AGAIN + 1;
        Map<String, Integer> lastTry = new HashMap<>();
        for (int second = 1; second <= looksForAll + 3 * longest; second++) {
            world.second();
            assertThat(world.tried).doesNotHaveDuplicates().hasSizeLessThanOrEqualTo(MOST_NEW + MOST_AGAIN);
            for (String pod : world.tried) {
                Integer before = lastTry.put(pod, second);
                assertThat(before == null || second - before <= longest).isTrue();
            }
            if (second == looksForAll) {
                assertThat(lastTry).hasSize(pods);
                assertThat(world.told).hasSize(pods - world.refused.size());
            }
        }
        int end = looksForAll + 3 * longest;
        assertThat(world.refused)
                .allSatisfy(
                        pod -> assertThat(end - lastTry.getOrDefault(pod, 0)).isLessThanOrEqualTo(longest));

        world.refused.clear();
        world.seconds(longest);
        assertThat(world.told).hasSize(pods);
    }
}
