package io.mlengine.cli.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProcessLogTest {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final Logger own = Logger.getLogger("io.mlengine.some.Part");
    private final Logger foreign = Logger.getLogger("io.foreign.Library");

    @AfterEach
    void forget() throws IOException {
        LogManager.getLogManager().readConfiguration();
    }

    private void begin(LogForm form, boolean isDebug) {
        ProcessLog.begin(form, isDebug, new PrintStream(written, true, StandardCharsets.UTF_8));
    }

    private String lines() {
        return written.toString(StandardCharsets.UTF_8);
    }

    @Test
    void textIsOneLineWithTimeLevelAndPlace() {
        begin(LogForm.TEXT, false);

        own.info("leading: token=3");
        own.fine("hidden");

        assertThat(lines())
                .matches("\\d{4}-\\d\\d-\\d\\dT\\S+Z INFO io\\.mlengine\\.some\\.Part - leading: token=3\\n");
    }

    @Test
    void jsonIsOneObjectALineAndHoldsTheStackTrace() throws IOException {
        begin(LogForm.JSON, false);

        own.log(Level.SEVERE, "a \"quoted\"\nmessage", new IllegalStateException("cause"));

        assertThat(lines()).hasLineCount(1);
        JsonNode line = new ObjectMapper().readTree(lines());
        assertThat(line.path("level").asText()).isEqualTo("ERROR");
        assertThat(line.path("message").asText()).isEqualTo("a \"quoted\"\nmessage");
        assertThat(line.path("error").asText()).contains("IllegalStateException: cause", "\tat ");
        assertThat(line.path("time").asText()).endsWith("Z");
    }

    @Test
    void debugShowsOurDetailsAndNotThoseOfLibraries() {
        begin(LogForm.TEXT, true);

        own.fine("ours");
        foreign.fine("theirs");
        foreign.warning("a warning");

        assertThat(lines()).contains("DEBUG io.mlengine.some.Part - ours", "WARN io.foreign.Library - a warning");
        assertThat(lines()).doesNotContain("theirs");
    }

    @Test
    void aRecordWithoutALoggerIsWrittenToo() {
        assertThat(new LogFormat(LogForm.TEXT).format(new LogRecord(Level.WARNING, "alone")))
                .endsWith("WARN  - alone\n");
    }
}
