package io.mlengine.backend.k8s.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.backend.k8s.resource.MLTrainCondition;
import io.mlengine.backend.k8s.store.JobStoreFixture.Heard;
import io.mlengine.backend.k8s.store.JobStoreFixture.Open;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.core.document.RecordDocument;
import io.mlengine.core.store.JobStore.Committed;
import io.mlengine.spi.model.JobId;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class UnreadableJobsIT {
    private final JobStoreFixture jobs = new JobStoreFixture();

    @AfterEach
    void close() {
        jobs.close();
    }

    @Test
    void aRecordThatCannotBeReadSetsItsJobAsideAndNoOther() {
        JobId broken = jobs.apply("broken");
        JobId whole = jobs.apply("whole");
        Open first = jobs.open();
        first.commit(broken, 0, jobs.created(broken, "broken"));
        first.commit(whole, 0, jobs.created(whole, "whole"));
        first.store().close();
        String record = "{\"version\": 9, \"secret\": \"hunter2\"}";
        jobs.patchStatus("broken", Map.of("record", record));

        Open next = jobs.open();

        assertThat(next.found().records()).containsExactly(jobs.created(whole, "whole"));
        assertThat(next.store().find(broken)).as("its pods are not ours").isEmpty();
        MLTrainCondition shown = Await.until(
                "the condition",
                () -> jobs.object("broken").get().getStatus().conditions().stream()
                        .filter(condition -> "RecordReadable".equals(condition.type()))
                        .findFirst());
        assertThat(shown.status()).isEqualTo("False");
        assertThat(shown.message())
                .contains("cannot be read: A stored job record cannot be read.", "Maybe put status.record back")
                .doesNotContain("hunter2");
        assertThat(jobs.object("broken").get().getStatus().record()).isEqualTo(record);
        assertThat(jobs.object("broken").get().getStatus().conditions()).hasSizeGreaterThan(1);
        Await.until(
                "the Event",
                () -> jobs.client.v1().events().inNamespace(jobs.namespace).list().getItems().stream()
                        .anyMatch(event -> "UnreadableRecord".equals(event.getReason())));

        assertThat(next.heard().submissions).isEmpty();
        jobs.object("broken").delete();
        Await.until("it may be given up", () -> jobs.object("broken").get() == null);
    }

    @Test
    void anObjectWhoseBrokenRecordIsTakenAwayIsANewJob() {
        JobId job = jobs.apply("one");
        Open first = jobs.open();
        first.commit(job, 0, jobs.created(job, "one"));
        first.store().close();
        JobId other = jobs.apply("other");
        String record = RecordDocument.write(jobs.created(other, "other"));
        jobs.patchStatus("one", Map.of("record", record));
        Open next = jobs.open();
        assertThat(next.found().records()).isEmpty();
        assertThat(Heard.next(next.heard().submissions).id()).isEqualTo(other);

        Map<String, Object> nothing = new HashMap<>();
        nothing.put("record", null);
        nothing.put("recordVersion", null);
        jobs.patchStatus("one", nothing);

        assertThat(Heard.next(next.heard().submissions).id()).isEqualTo(job);
        assertThat(next.commit(job, 0, jobs.created(job, "one"))).isEqualTo(Committed.OK);
    }
}
