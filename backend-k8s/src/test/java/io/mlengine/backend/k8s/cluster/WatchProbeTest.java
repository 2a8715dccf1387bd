package io.mlengine.backend.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.mlengine.backend.k8s.cluster.WatchProbe.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class WatchProbeTest {
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private Instant now = Instant.parse("2026-11-26T10:00:00Z");
    private final List<String> asked = new ArrayList<>();
    private Consumer<Watcher<Pod>> server = Watcher::onClose;
    private final WatchProbe<Pod> probe = new WatchProbe<>(this::ask, PAUSE, Runnable::run, () -> now);

    private Watch ask(ListOptions options, Watcher<Pod> watcher) {
        asked.add(options.getResourceVersion());
        server.accept(watcher);
        return () -> {};
    }

    private State look(String upTo, int seconds) {
        now = now.plusSeconds(seconds);
        return probe.look(upTo);
    }

    @Test
    void aWatchThatTellsIsNotAskedAbout() {
        for (int i = 0; i < 10; i++) {
            assertThat(look("" + i, 4)).isEqualTo(State.FINE);
        }
        assertThat(asked).isEmpty();
    }

    @Test
    void whereNothingHappensSilenceIsFine() {
        for (int i = 0; i < 10; i++) {
            assertThat(look("7", 5)).isEqualTo(State.FINE);
        }
        assertThat(asked).hasSize(9).containsOnly("7");
    }

    @Test
    void whatIsNotToldAWhileAfterItHasHappenedIsMissed() {
        server = watcher -> watcher.eventReceived(Watcher.Action.MODIFIED, new Pod());
        look("7", 0);
        assertThat(look("7", 5)).as("it may be on its way").isEqualTo(State.FINE);
        assertThat(look("7", 4)).isEqualTo(State.FINE);
        assertThat(look("7", 1)).isEqualTo(State.MISSED);
    }

    @Test
    void whatComesLateIsNotMissed() {
        server = watcher -> watcher.eventReceived(Watcher.Action.ADDED, new Pod());
        look("7", 0);
        look("7", 5);
        assertThat(look("8", 4)).isEqualTo(State.FINE);
        assertThat(look("8", 4)).isEqualTo(State.FINE);
    }

    @Test
    void aPlaceMarkIsNoNews() {
        server = watcher -> {
            watcher.eventReceived(Watcher.Action.BOOKMARK, new Pod());
            watcher.onClose();
        };
        for (int i = 0; i < 4; i++) {
            assertThat(look("7", 5)).isEqualTo(State.FINE);
        }
    }

    @Test
    void aServerThatDoesNotRememberHasNews() {
        server = watcher ->
                watcher.onClose(new WatcherException("too old", new KubernetesClientException("too old", 410, null)));
        look("7", 0);
        look("7", 5);
        assertThat(look("7", 5)).isEqualTo(State.MISSED);
    }

    @Test
    void aServerThatDoesNotAnswerIsNotHeardUntilItDoes() {
        server = watcher -> {
            throw new KubernetesClientException("timed out");
        };
        look("7", 0);
        look("7", 5);
        assertThat(look("7", 5)).isEqualTo(State.UNANSWERED);
        server = Watcher::onClose;
        assertThat(look("7", 5)).isEqualTo(State.FINE);
    }
}
