package io.mlengine.backend.k8s.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.core.job.JobRecord.Desired;
import io.mlengine.spi.model.Violation;
import io.mlengine.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RejectionNotesTest {
    private static final List<Violation> WRONG = List.of(Violation.of("spec.roles", "ML-445", "no roles"));

    private final VirtualTime time = new VirtualTime();
    private final TrainEntry entry = new TrainEntry(resource(1), new SpecWishes(Desired.RUN, new TreeMap<>()));
    private final List<List<Violation>> tried = new ArrayList<>();
    private int failures;
    private boolean leads = true;
    private final RejectionNotes notes = new RejectionNotes(this::write, () -> leads, Runnable::run, time);

    private void write(TrainEntry to, List<Violation> violations) {
        assertThat(to).isSameAs(entry);
        tried.add(violations);
        if (tried.size() <= failures) {
            throw new KubernetesClientException("away");
        }
    }

    private static MLTrainResource resource(long generation) {
        MLTrainResource resource = new MLTrainResource();
        resource.setMetadata(new ObjectMetaBuilder()
                .withName("digits")
                .withNamespace("team")
                .withUid("8f3a3ab6-93de-4bd1-a0b0-64d3b0ae1f27")
                .withResourceVersion("7")
                .withGeneration(generation)
                .build());
        return resource;
    }

    @Test
    void aRejectionIsWrittenOnce() {
        notes.show(entry, WRONG);
        time.advance(Duration.ofHours(1));

        assertThat(tried).containsExactly(WRONG);
    }

    @Test
    void aWriteThatFailsIsMadeAgainWithGrowingPauses() {
        failures = 3;
        notes.show(entry, WRONG);
        assertThat(tried).hasSize(1);
        time.advance(Duration.ofSeconds(1));
        assertThat(tried).hasSize(2);
        time.advance(Duration.ofSeconds(1));
        assertThat(tried).hasSize(2);
        time.advance(Duration.ofHours(1));

        assertThat(tried).containsExactly(WRONG, WRONG, WRONG, WRONG);
    }

    @Test
    void afterSomeTriesTheNextLookJudgesAnew() {
        assertThat(entry.judge()).isTrue();
        failures = Integer.MAX_VALUE;
        notes.show(entry, WRONG);
        time.advance(Duration.ofMinutes(2));
        assertThat(entry.judge()).isFalse();
        time.advance(Duration.ofHours(1));

        assertThat(tried).hasSize(RejectionNotes.TRIES);
        assertThat(entry.judge()).isTrue();
    }

    @Test
    void anotherSpecIsNotBlamedForTheOneBefore() {
        failures = 1;
        notes.show(entry, WRONG);
        entry.seen(resource(2));
        time.advance(Duration.ofHours(1));

        assertThat(tried).hasSize(1);
    }

    @Test
    void nobodyWritesWhoDoesNotLeadAnyMore() {
        failures = 1;
        notes.show(entry, WRONG);
        leads = false;
        time.advance(Duration.ofHours(1));

        assertThat(tried).hasSize(1);
    }

    @Test
    void nobodyWritesAfterTheEnd() {
        failures = 1;
        notes.show(entry, WRONG);
        notes.close();
        time.advance(Duration.ofHours(1));

        assertThat(tried).hasSize(1);
    }
}
