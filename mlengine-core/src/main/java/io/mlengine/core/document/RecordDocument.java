package io.mlengine.core.document;

import io.mlengine.core.job.JobRecord;
import io.mlengine.spi.error.ErrorCategory;
import io.mlengine.spi.error.ErrorCode;
import io.mlengine.spi.error.MLEngineException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The stored form of job records: compact JSON with a version. Secrets are only ever references in it. */
public final class RecordDocument {
    /** The document's {@code apiVersion}. */
    public static final String API_VERSION = "mlengine.io/record-v1";

    /** What can go wrong with a stored record. */
    public enum Error implements ErrorCode {
        /** The text is no record, or one of another version. */
        UNREADABLE_RECORD;

        @Override
        public ErrorCategory category() {
            return ErrorCategory.BACKEND;
        }

        @Override
        public boolean retryable() {
            return false;
        }
    }

    private RecordDocument() {}

    /**
     * Writes a record on one line.
     *
     * @param record the record
     * @return compact JSON
     */
    public static String write(JobRecord record) {
        return TextWriter.compactJson(RecordTable.RECORD.write(record));
    }

    /**
     * Writes a record where room is limited. One that is too large as it is loses what is missed least, until it fits: the
     * output and messages of replicas, then attempts between the first and the last, whose number and usage are added up.
     * It is packed (gzip, base64) where that helps. {@link #read} reads all of this.
     *
     * @param record the record
     * @param most bytes that it may have as a string of a JSON document
     * @return compact JSON, or packed; larger than {@code most} only when nothing is left to be left out
     */
    public static String writeWithin(JobRecord record, long most) {
        JobRecord less = record;
        String packed = "";
        for (int step = 0; ; step++) {
            if (RecordTrim.letters(less) <= most) {
                String text = write(less);
                if (PackedText.bytesInJson(text) <= most) {
                    return text;
                }
                packed = step == 0 ? "" : PackedText.pack(text);
            }
            boolean isDone = !packed.isEmpty() && packed.length() <= most;
            if (isDone || step == RecordTrim.STEPS.size()) {
                return packed;
            }
            less = RecordTrim.STEPS.get(step).apply(less);
        }
    }

    /**
     * Writes a record for people and scripts.
     *
     * @param record the record
     * @return indented JSON
     */
    public static String writeIndented(JobRecord record) {
        return TextWriter.json(RecordTable.RECORD.write(record));
    }

    /**
     * Reads a record.
     *
     * @param text what was written
     * @return the record
     * @throws MLEngineException when the text is no record of this version
     */
    public static JobRecord read(String text) {
        try {
            String json = PackedText.unpack(text);
            SourceNode root = JsonParser.parse(new SourceText("record", json), json, Integer.MAX_VALUE);
            Reading reading = new Reading();
            var record = RecordTable.RECORD.read(root, "", reading);
            if (record.isPresent() && reading.violations().isEmpty()) {
                return record.get();
            }
            throw unreadable(
                    reading.violations().isEmpty()
                            ? ""
                            : text(reading.violations().get(0)),
                    null);
        } catch (RejectedText rejected) {
            throw unreadable(text(rejected.violation()), rejected);
        } catch (IllegalArgumentException | IllegalStateException invalid) {
            // Ids and records check themselves when they are made.
            throw unreadable(String.valueOf(invalid.getMessage()), invalid);
        }
    }

    /** Without the value, which may be one of a variable. */
    private static String text(PlacedViolation placed) {
        return placed.violation().path() + ": " + placed.violation().message();
    }

    private static MLEngineException unreadable(String reason, @org.jspecify.annotations.Nullable Exception cause) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("reason", reason);
        return new MLEngineException(
                Error.UNREADABLE_RECORD,
                "A stored job record cannot be read. Maybe it was written by another version",
                details,
                cause);
    }
}
