package io.mlengine.backend.k8s.webhook;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Remembers answers for a few seconds, so that somebody who submits a thousand jobs asks a few times. */
final class CachedQueueAccess implements QueueAccess {
    private static final int MOST = 1_000;

    private final QueueAccess source;
    private final InstantSource time;
    private final Duration keep;
    private final Map<Question, Answer> answers = new LinkedHashMap<>();

    /**
     * Makes the cache.
     *
     * @param source is asked for what is not remembered
     * @param time the time
     * @param keep how long an answer counts
     */
    CachedQueueAccess(QueueAccess source, InstantSource time, Duration keep) {
        this.source = source;
        this.time = time;
        this.keep = keep;
    }

    private record Question(Requester user, String namespace, String queue) {}

    private record Answer(boolean mayUse, Instant until) {}

    @Override
    public boolean mayUse(Requester user, String namespace, String queue) {
        Question question = new Question(user, namespace, queue);
        Instant now = time.instant();
        Answer known = known(question);
        if (known != null && now.isBefore(known.until())) {
            return known.mayUse();
        }
        boolean mayUse = source.mayUse(user, namespace, queue);
        keep(question, new Answer(mayUse, now.plus(keep)));
        return mayUse;
    }

    private @Nullable Answer known(Question question) {
        synchronized (answers) {
            return answers.get(question);
        }
    }

    private void keep(Question question, Answer answer) {
        synchronized (answers) {
            // Removed first, so that the order is that of age.
            answers.remove(question);
            answers.put(question, answer);
            if (answers.size() > MOST) {
                answers.remove(answers.keySet().iterator().next());
            }
        }
    }
}
