package io.mlengine.backend.k8s.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.api.EngineEvent.Type;
import io.mlengine.spi.model.JobId;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class EventMemoryTest {
    private static final Instant START = Instant.parse("2026-01-01T12:00:00Z");
    private static final JobId JOB = JobId.of("job-1");
    private static final JobId OTHER = JobId.of("job-2");

    private final EventMemory memory = new EventMemory();

    private boolean isNew(JobId job, Type type, String text, int second) {
        return memory.isNew(job, type, text, START.plusSeconds(second));
    }

    @Test
    void whyAJobWaitsIsSaidOnceWhileItStaysTheSame() {
        assertThat(isNew(JOB, Type.WAITING, "no room", 0)).isTrue();
        assertThat(isNew(OTHER, Type.WAITING, "no room", 0)).isTrue();
        assertThat(isNew(JOB, Type.WAITING, "no room", 3600)).isFalse();
    }

    @Test
    void whyAJobWaitsIsSaidAtMostOnceAMinute() {
        assertThat(isNew(JOB, Type.WAITING, "short by 2", 0)).isTrue();
        assertThat(isNew(JOB, Type.WAITING, "short by 1", 59)).isFalse();
        assertThat(isNew(JOB, Type.WAITING, "short by 1", 60)).isTrue();
    }

    @Test
    void aJobThatWaitsAnewSaysWhyAnew() {
        assertThat(isNew(JOB, Type.WAITING, "no room", 0)).isTrue();
        assertThat(isNew(JOB, Type.PHASE, "", 1)).isTrue();
        assertThat(isNew(JOB, Type.WAITING, "no room", 2)).isTrue();
    }

    @Test
    void whatAnEngineBeforeHasSaidIsNotSaidAgain() {
        memory.waited(JOB, "no room");

        assertThat(isNew(JOB, Type.WAITING, "no room", 0)).isFalse();
        assertThat(isNew(JOB, Type.WAITING, "short by 1", 0)).isTrue();
    }

    @Test
    void theSameNoteIsSaidAgainAfterAMinuteAndAnotherAtOnce() {
        assertThat(isNew(JOB, Type.NOTE, "one", 0)).isTrue();
        assertThat(isNew(JOB, Type.NOTE, "one", 59)).isFalse();
        assertThat(isNew(JOB, Type.NOTE, "two", 59)).isTrue();
        assertThat(isNew(JOB, Type.NOTE, "two", 120)).isTrue();
    }
}
