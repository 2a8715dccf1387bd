package io.mlengine.backend.k8s.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.core.job.JobRecord.Desired;
import io.mlengine.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class DeparturesTest {
    private final VirtualTime time = new VirtualTime();
    private final MLTrainResource resource = resource();
    private final TrainEntry entry = new TrainEntry(resource, new SpecWishes(Desired.RUN, new TreeMap<>()));
    private final Deque<Supplier<Optional<MLTrainResource>>> answers = new ArrayDeque<>();
    private final List<TrainEntry> gone = new ArrayList<>();
    private final Departures departures =
            new Departures(asked -> answers.remove().get(), Runnable::run, time, gone::add);

    private static MLTrainResource resource() {
        MLTrainResource resource = new MLTrainResource();
        resource.setMetadata(new ObjectMetaBuilder()
                .withName("digits")
                .withNamespace("team")
                .withUid("8f3a3ab6-93de-4bd1-a0b0-64d3b0ae1f27")
                .withResourceVersion("7")
                .build());
        return resource;
    }

    @Test
    void whatTheServerDoesNotFindIsGone() {
        answers.add(Optional::empty);
        departures.check(entry);

        assertThat(gone).containsExactly(entry);
    }

    @Test
    void whatIsThereAllTheSameIsNot() {
        answers.add(() -> Optional.of(resource));
        departures.check(entry);
        time.advance(Duration.ofHours(1));

        assertThat(gone).isEmpty();
    }

    @Test
    void nothingIsGoneWhileNobodyKnows() {
        for (int i = 0; i < 5; i++) {
            answers.add(() -> {
                throw new KubernetesClientException("404 page not found");
            });
        }
        answers.add(Optional::empty);
        departures.check(entry);
        time.advance(Duration.ofMillis(4500));
        assertThat(gone).isEmpty();

        time.advance(Duration.ofSeconds(1));
        assertThat(gone).containsExactly(entry);
    }

    @Test
    void nobodyAsksAfterTheEnd() {
        answers.add(() -> {
            throw new KubernetesClientException("away");
        });
        departures.check(entry);
        departures.close();
        time.advance(Duration.ofHours(1));

        assertThat(gone).isEmpty();
    }

    @Test
    void onlyAnAnswerThatNamesTheObjectIsAboutIt() {
        Status unknownKind = new StatusBuilder()
                .withCode(404)
                .withReason("NotFound")
                .withMessage("the server could not find the requested resource")
                .withNewDetails()
                .endDetails()
                .build();
        Status missing = new StatusBuilder(unknownKind)
                .withNewDetails()
                .withName("digits")
                .withGroup("mlengine.io")
                .withKind("mltrains")
                .endDetails()
                .build();

        assertThat(isGone(missing)).isTrue();
        assertThat(isGone(unknownKind)).isFalse();
        assertThat(isGone(new StatusBuilder()
                        .withCode(404)
                        .withMessage("404 page not found")
                        .build()))
                .isFalse();
        assertThat(isGone(new StatusBuilder(missing).withCode(410).build())).isFalse();
    }

    private static boolean isGone(Status status) {
        return TrainReader.isAbout(new KubernetesClientException("no", status.getCode(), status), "digits");
    }
}
