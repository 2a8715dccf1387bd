package io.mlengine.backend.k8s.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ListedObjectsTest {
    private final ListedObjects objects = new ListedObjects();

    private CompletableFuture<Void> listed(String... uids) {
        return objects.told(Set.of(uids)).toCompletableFuture();
    }

    @Test
    void nothingIsWaitedForWhereNothingWasListed() {
        assertThat(listed()).isCompleted();
    }

    @Test
    void whatIsToldLaterIsWaitedFor() {
        CompletableFuture<Void> all = listed("a", "b");
        objects.isTold("b");
        objects.isTold("b");
        assertThat(all).isNotDone();
        objects.isTold("a");
        assertThat(all).isCompleted();
    }

    @Test
    void whatWasToldBeforeItWasListedIsNotWaitedFor() {
        objects.isTold("a");
        objects.isTold("gone already");
        CompletableFuture<Void> all = listed("a", "b");
        assertThat(all).isNotDone();
        objects.isTold("b");
        assertThat(all).isCompleted();
        objects.isTold("c");
    }

    @Test
    void nobodyWaitsForAWatchThatHasEnded() {
        CompletableFuture<Void> all = listed("a");
        objects.end();
        assertThat(all).isCompletedExceptionally();
    }
}
