package io.mlengine.backend.k8s.resource;

import io.mlengine.core.metering.AttemptUsage;
import io.mlengine.core.metering.UsageRecord;
import io.mlengine.spi.model.AttemptId;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;

/** What the second attempt of a job held. */
final class Usages {
    private static final Instant START = Instant.parse("2026-11-23T12:00:00.250Z");
    private static final AttemptId ATTEMPT = new AttemptId(Jobs.ID, 2);

    private Usages() {}

    static AttemptUsage ofBert(String namespace) {
        return new AttemptUsage(
                ATTEMPT,
                namespace,
                "bert",
                List.of(record("A100", 0, 10_000), record(UsageRecord.CPU, 0, 10_000), record("A100", 10_000, 11_500)));
    }

    private static UsageRecord record(String model, long from, long to) {
        return UsageRecord.builder()
                .attempt(ATTEMPT)
                .queue("research")
                .user("ana")
                .deviceModel(model)
                .since(START.plusMillis(from))
                .until(START.plusMillis(to))
                .deviceMillis(2 * (to - from))
                .cpuMilliMillis(BigInteger.valueOf(8000 * (to - from)))
                .memoryByteMillis(BigInteger.TEN.pow(25))
                .worth(UsageRecord.Worth.LOST)
                .build();
    }
}
