package io.mlengine.backend.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WaitNotesTest {
    private final WaitNotesWorld world = new WaitNotesWorld();

    @Test
    void eachPodIsToldOnceAndTheGangHasOneEvent() {
        world.waits("a", 3, "no room");
        world.seconds(1);
        assertThat(world.tried).containsExactly("a-0", "a-1", "a-2");
        assertThat(world.told).hasSize(3).containsEntry("a-0", "no room");
        assertThat(world.events).hasSize(1);

        for (int i = 0; i < 100; i++) {
            world.second();
            assertThat(world.tried).isEmpty();
        }
        assertThat(world.events).hasSize(1);
    }

    @Test
    void aReasonThatDoesNotLastIsNotTold() {
        world.waits("a", 1, "no room");
        world.second();
        world.waits("a", 1, "no quota");
        world.seconds(9);
        assertThat(world.told).as("it was told something just now").containsEntry("a-0", "no room");
        world.waits("a", 1, "no node");
        world.seconds(1);
        assertThat(world.told).containsEntry("a-0", "no node");
    }

    @Test
    void aPodThatCouldNotBeToldIsToldLater() {
        world.refuses("a", 1);
        world.waits("a", 2, "no room");
        world.second();
        assertThat(world.told).containsOnlyKeys("a-1");

        world.refused.clear();
        world.seconds(2);
        assertThat(world.told).containsEntry("a-0", "no room");
        world.seconds(100);
        assertThat(world.tried).isEmpty();
    }

    @Test
    void whatFailsAgainAndAgainIsTriedLessAndLess() {
        world.refuses("a", 1);
        world.waits("a", 1, "no room");
        int tries = 0;
        for (int i = 0; i < 600; i++) {
            world.second();
            tries += world.tried.size();
        }
        assertThat(tries).isBetween(10, 26);
    }

    @Test
    void manyThatFailKeepNobodyWaiting() {
        world.refuses("a", 500);
        world.waits("a", 500, "no room");
        world.seconds(60);
        world.waits("b", 100, "no room");
        world.second();
        assertThat(world.told).hasSize(100).containsKey("b-99");
    }

    @Test
    void gangsWhoseReasonsChangeAllTheTimeKeepNobodyWaiting() {
        for (int gang = 0; gang < 30; gang++) {
            world.waits("a" + gang, 50, "no room");
        }
        world.waits("z", 1, "no room");
        world.seconds(10);
        for (int second = 0; second < 60; second++) {
            for (int gang = 0; gang < 30; gang++) {
                world.waits("a" + gang, 50, "no room " + second / 2);
            }
            world.second();
        }
        assertThat(world.told).containsKey("z-0");
    }

    @Test
    void whatIsPlacedWhileOthersAreToldIsNotToldAnyMore() {
        world.waits("a", 3, "no room");
        world.whileWriting = () -> world.isPlaced("a");
        world.second();
        assertThat(world.tried).containsExactly("a-0");
    }
}
