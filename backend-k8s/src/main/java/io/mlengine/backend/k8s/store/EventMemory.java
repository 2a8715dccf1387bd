package io.mlengine.backend.k8s.store;

import io.mlengine.core.api.EngineEvent;
import io.mlengine.spi.model.JobId;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Remembers what was said of jobs. Each step of a job's life is new. Why it waits is said at most once a minute, and while
 * it waits not again when it is the same; a note is said again after a minute. Of very many jobs the oldest words are
 * forgotten. Safe for any thread.
 */
final class EventMemory {
    private static final Duration QUIET = Duration.ofMinutes(1);
    private static final int REMEMBERED = 10_000;

    private record Subject(JobId job, EngineEvent.Type type) {}

    private record Said(String text, Instant at) {}

    private final Map<Subject, Said> said = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Subject, Said> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** An engine before this one has said why a job waits. */
    synchronized void waited(JobId job, String text) {
        said.put(new Subject(job, EngineEvent.Type.WAITING), new Said(text, Instant.MIN));
    }

    /** Whether something is worth saying; if so, it is remembered as said. */
    synchronized boolean isNew(JobId job, EngineEvent.Type type, String text, Instant at) {
        Said before = said.get(new Subject(job, type));
        boolean isSame = before != null && before.text().equals(text);
        boolean isQuiet = before != null && at.isBefore(before.at().plus(QUIET));
        return switch (type) {
            case WAITING -> !isSame && !isQuiet && remember(job, type, text, at);
            case NOTE -> (!isSame || !isQuiet) && remember(job, type, text, at);
            case SUBMITTED, PHASE, REPLICA, PROGRESS, DELETED -> {
                said.remove(new Subject(job, EngineEvent.Type.WAITING));
                yield true;
            }
        };
    }

    private boolean remember(JobId job, EngineEvent.Type type, String text, Instant at) {
        Subject subject = new Subject(job, type);
        said.remove(subject);
        said.put(subject, new Said(text, at));
        return true;
    }
}
