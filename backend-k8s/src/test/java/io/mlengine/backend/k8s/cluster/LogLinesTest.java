package io.mlengine.backend.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.spi.backend.LogLine;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.ReplicaId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogLinesTest {
    private static final String TIME = "2026-11-26T10:00:00.000000001Z ";
    private static final String LATER = "2026-11-26T10:00:00.000000002Z ";

    private final List<LogLine> read = new ArrayList<>();
    private final LogLines lines = new LogLines(new ReplicaId(new AttemptId(JobId.of("job"), 1), "worker", 0, 0));

    @Test
    void aLineHasItsTimeItsTextAndThePositionAfterIt() {
        feed(TIME + "one\n" + LATER + "\u00fc two\n");
        assertThat(read).extracting(LogLine::text).containsExactly("one", "\u00fc two");
        assertThat(read).extracting(LogLine::offset).containsExactly(4L, 11L);
        assertThat(read.get(0).at()).isEqualTo(Instant.parse("2026-11-26T10:00:00.000000001Z"));
    }

    @Test
    void aLineMayArriveInPiecesAndTheLastWithoutAnEnd() {
        feed(TIME + "on");
        feed("e\n" + TIME);
        feed("two");
        assertThat(read).hasSize(1);
        lines.finish(read::add);
        assertThat(read).extracting(LogLine::text).containsExactly("one", "two");
    }

    @Test
    void whatWasDeliveredBeforeAnInterruptionIsLeftOut() {
        feed(TIME + "one\n" + LATER + "two\n" + LATER + "three\n");
        lines.resume();
        assertThat(lines.resumeAt()).isEqualTo(Instant.parse("2026-11-26T10:00:00.000000002Z"));
        feed(TIME + "one\n" + LATER + "two\n" + LATER + "three\n" + LATER + "four\n" + LATER + "five\n");
        assertThat(read).extracting(LogLine::text).containsExactly("one", "two", "three", "four", "five");
    }

    @Test
    void aProgressBarIsItsLastState() {
        feed(TIME + "10%\r50%\r100%\n");
        assertThat(read).extracting(LogLine::text).containsExactly("100%");
    }

    @Test
    void anEndlessLineIsCut() {
        feed(TIME);
        feed("x".repeat(1_000_000));
        feed("\n" + TIME + "next\n");
        assertThat(read).extracting(line -> line.text().length()).containsExactly(LogLines.MOST_BYTES - 31, 4);
    }

    private void feed(String text) {
        lines.feed(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), read::add);
    }
}
