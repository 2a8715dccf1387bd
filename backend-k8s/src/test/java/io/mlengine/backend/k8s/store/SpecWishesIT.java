package io.mlengine.backend.k8s.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.mlengine.backend.k8s.store.JobStoreFixture.Heard;
import io.mlengine.backend.k8s.store.JobStoreFixture.Open;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.core.store.JobStore.Committed;
import io.mlengine.core.store.JobStore.Wish;
import io.mlengine.spi.model.JobId;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What users change in an object, or do with it, reaches the engine as a wish. */
@Timeout(120)
class SpecWishesIT {
    private final JobStoreFixture jobs = new JobStoreFixture();

    @AfterEach
    void close() {
        jobs.close();
    }

    @Test
    void changesOfTheSpecAreWishes() {
        JobId job = jobs.apply("one");
        Open open = jobs.open();
        Heard.next(open.heard().submissions);
        open.commit(job, 0, jobs.created(job, "one"));

        jobs.edit("one", Map.of("desired", "Suspend"));
        assertThat(Heard.next(open.heard().wishes)).isEqualTo(new Wish(job, Wish.Kind.SUSPEND, ""));
        jobs.edit("one", Map.of("desired", "Run"));
        assertThat(Heard.next(open.heard().wishes)).isEqualTo(new Wish(job, Wish.Kind.RESUME, ""));
        jobs.edit("one", Map.of("replicas", 4));
        assertThat(Heard.next(open.heard().wishes)).isEqualTo(new Wish(job, Wish.Kind.RESIZE, "worker=4"));
        jobs.edit("one", Map.of("desired", "Cancel"));
        assertThat(Heard.next(open.heard().wishes).kind()).isEqualTo(Wish.Kind.CANCEL);
    }

    @Test
    void aDeletedObjectStaysUntilItsJobIsForgotten() {
        JobId job = jobs.apply("one");
        Open open = jobs.open();
        Heard.next(open.heard().submissions);
        open.commit(job, 0, jobs.created(job, "one"));

        jobs.object("one").delete();
        assertThat(Heard.next(open.heard().wishes)).isEqualTo(new Wish(job, Wish.Kind.DELETE, ""));
        assertThat(jobs.object("one").get()).isNotNull();

        assertThat(open.commit(job, 1, null)).isEqualTo(Committed.OK);
        Await.until("the object is gone", () -> jobs.object("one").get() == null);
    }

    @Test
    void anObjectThatSomebodyTookAwayIsForgotten() {
        JobId job = jobs.apply("one");
        Open open = jobs.open();
        Heard.next(open.heard().submissions);
        open.commit(job, 0, jobs.created(job, "one"));

        jobs.object("one").patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\":{\"finalizers\":null}}");
        jobs.object("one").delete();

        assertThat(Heard.next(open.heard().wishes)).isEqualTo(new Wish(job, Wish.Kind.DELETE, ""));
        Await.until("the object is forgotten", () -> open.store().find(job).isEmpty());
    }

    @Test
    void aKindThatIsNotServedForAWhileTakesNoJobAway() {
        JobId job = jobs.apply("one");
        Open open = jobs.open();
        Heard.next(open.heard().submissions);
        open.commit(job, 0, jobs.created(job, "one"));
        try {
            jobs.serve(false);
            assertThatThrownBy(() -> open.commit(job, 1, jobs.queued(jobs.created(job, "one"))))
                    .hasRootCauseInstanceOf(KubernetesClientException.class);
            assertThatThrownBy(() -> open.commit(job, 1, null)).hasRootCauseInstanceOf(KubernetesClientException.class);
        } finally {
            jobs.serve(true);
        }

        assertThat(open.commit(job, 1, jobs.queued(jobs.created(job, "one")))).isEqualTo(Committed.OK);
        assertThat(jobs.object("one").get().getStatus().phase()).isEqualTo("Queued");
        jobs.edit("one", Map.of("desired", "Suspend"));
        assertThat(Heard.next(open.heard().wishes)).isEqualTo(new Wish(job, Wish.Kind.SUSPEND, ""));
    }

    @Test
    void whatIsWishedBeforeTheFirstRecordIsToldAfterIt() {
        JobId suspended = jobs.apply("suspended");
        JobId deleted = jobs.apply("deleted");
        Open open = jobs.open();
        Heard.next(open.heard().submissions);
        Heard.next(open.heard().submissions);
        jobs.edit("suspended", Map.of("desired", "Suspend"));
        jobs.object("deleted").delete();
        assertThat(Heard.next(open.heard().submissions).id())
                .as("it is said again")
                .isEqualTo(suspended);
        Await.until("it is gone", () -> open.store().find(deleted).isEmpty());

        try {
            jobs.serve(false);
            assertThatThrownBy(() -> open.commit(suspended, 0, jobs.created(suspended, "suspended")))
                    .as("the first try fails")
                    .hasRootCauseInstanceOf(KubernetesClientException.class);
        } finally {
            jobs.serve(true);
        }
        open.commit(suspended, 0, jobs.created(suspended, "suspended"));
        assertThat(Heard.next(open.heard().wishes)).isEqualTo(new Wish(suspended, Wish.Kind.SUSPEND, ""));
        open.commit(deleted, 0, jobs.created(deleted, "deleted"));
        assertThat(Heard.next(open.heard().wishes)).isEqualTo(new Wish(deleted, Wish.Kind.DELETE, ""));
    }
}
