package io.mlengine.core.internal.engine;

import io.mlengine.core.job.JobRecord;
import io.mlengine.core.lifecycle.Effect;
import io.mlengine.core.scheduling.Wait;
import io.mlengine.spi.backend.Progress;
import io.mlengine.spi.backend.UsageSample;
import io.mlengine.spi.model.ReplicaKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A job as the loop holds it: the newest record, what of it is stored, and what may only happen once it is. Owned by
 * the loop.
 */
final class JobEntry {
    /** The newest record; its step may not be stored yet. */
    JobRecord record;

    /** The record whose view users see; null before the first commit. */
    @Nullable
    JobRecord published;

    /** The version in the store, 0 for none. */
    long storedVersion;

    /** Whether a commit of this job is under way; at most one is. */
    boolean committing;

    /** Whether the newest record differs from what is stored or being stored. */
    boolean changed;

    /** Whether what has changed must not wait for more of it. */
    boolean urgent;

    /** Before this mere news is gathered. */
    Instant newsFrom = Instant.MIN;

    /** Whether a look at {@link #newsFrom} is arranged. */
    boolean gathering;

    /** Whether the record is to be dropped. */
    boolean forgotten;

    /** What to do once the newest record is stored. */
    private List<Effect> effects = new ArrayList<>();

    /** Whom to tell once the newest record is stored. */
    private List<Runnable> replies = new ArrayList<>();

    @Nullable
    Progress progress;

    @Nullable
    Wait wait;

    /** What was last told of why it waits, and when. */
    @Nullable
    Wait toldWait;

    Instant toldAt = Instant.MIN;

    final SortedMap<ReplicaKey, UsageSample> samples = new TreeMap<>();

    final UsageObserver observer;

    JobEntry(JobRecord record) {
        this.record = record;
        this.observer = new UsageObserver(record.observations());
    }

    void after(List<Effect> newEffects) {
        effects.addAll(newEffects);
    }

    void reply(Runnable newReply) {
        replies.add(newReply);
    }

    List<Effect> takeEffects() {
        List<Effect> taken = effects;
        effects = new ArrayList<>();
        return taken;
    }

    List<Runnable> takeReplies() {
        List<Runnable> taken = replies;
        replies = new ArrayList<>();
        return taken;
    }
}
