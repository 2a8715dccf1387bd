package io.mlengine.core.internal.engine;

import io.mlengine.core.api.EngineEvent;
import io.mlengine.core.api.EngineListener;
import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.metering.DeviceModels;
import io.mlengine.core.metering.Usage;
import io.mlengine.core.metering.UsageRecord;
import io.mlengine.core.metering.UsageSink;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.JobId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Hands the usage of ended attempts to the embedder's sink. Called in order, from the events executor. */
final class UsageRecorder implements EngineListener {
    private final UsageSink sink;
    private final ViewBoard board;
    private final Map<JobId, Integer> recordedUpTo = new HashMap<>();

    UsageRecorder(UsageSink sink, ViewBoard board) {
        this.sink = sink;
        this.board = board;
    }

    @Override
    public void onEvent(EngineEvent event) {
        switch (event.type()) {
            case PHASE -> record(event.view().record());
            case DELETED -> recordedUpTo.remove(event.job());
            case SUBMITTED, REPLICA, WAITING, PROGRESS, NOTE -> {}
        }
    }

    private void record(JobRecord job) {
        int done = recordedUpTo.getOrDefault(job.id(), 0);
        List<Attempt> ended = Stream.concat(job.pastAttempts().stream(), job.attempt().stream())
                .filter(attempt ->
                        attempt.id().number() > done && attempt.endedAt().isPresent())
                .toList();
        DeviceModels models = DeviceModels.of(board.nodes());
        for (Attempt attempt : ended) {
            AttemptId id = attempt.id();
            for (UsageRecord usage :
                    Usage.of(job, attempt, models, attempt.endedAt().orElseThrow())) {
                sink.record(usage);
            }
            recordedUpTo.put(id.job(), id.number());
        }
    }
}
