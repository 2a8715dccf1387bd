package io.mlengine.core.internal.engine;

import io.mlengine.core.api.EngineErrorCode;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.lifecycle.JobEvent;
import io.mlengine.core.store.JobStore;
import io.mlengine.spi.error.MLEngineException;
import io.mlengine.spi.model.Role;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Which wishes of users a job can be asked to follow. */
final class Wishes {
    private Wishes() {}

    /** Why a wish cannot be followed; empty when it can, or when it has been followed already. */
    static Optional<MLEngineException> refusal(JobRecord record, JobEvent event) {
        boolean ended = record.phase().isTerminal();
        return switch (event.type()) {
            case SUSPEND, RESUME -> ended ? Optional.of(wrongPhase(record)) : Optional.empty();
            case RESIZE -> ended ? Optional.of(wrongPhase(record)) : badSize(record, ((JobEvent.Resize) event).sizes());
            default -> Optional.empty();
        };
    }

    private static MLEngineException wrongPhase(JobRecord record) {
        return DefaultMLEngine.error(
                EngineErrorCode.WRONG_PHASE, "The job has ended.", Map.of("job", record.id(), "phase", record.phase()));
    }

    private static Optional<MLEngineException> badSize(JobRecord record, SortedMap<String, Integer> sizes) {
        for (Map.Entry<String, Integer> wish : sizes.entrySet()) {
            Optional<Role> role = record.train().roles().stream()
                    .filter(candidate -> candidate.name().equals(wish.getKey()))
                    .findFirst();
            if (role.isEmpty() || !role.get().isElastic()) {
                return Optional.of(DefaultMLEngine.error(
                        EngineErrorCode.BAD_SIZE,
                        "The role does not exist or is not elastic. Maybe set minReplicas and maxReplicas.",
                        Map.of("job", record.id(), "role", wish.getKey())));
            }
            if (wish.getValue() < role.get().least()
                    || wish.getValue() > role.get().most()) {
                return Optional.of(DefaultMLEngine.error(
                        EngineErrorCode.BAD_SIZE,
                        "The size is outside the role's bounds.",
                        Map.of(
                                "job", record.id(),
                                "role", wish.getKey(),
                                "size", wish.getValue(),
                                "bounds",
                                        role.get().least() + " to " + role.get().most())));
            }
        }
        return Optional.empty();
    }

    /** Reads a wish that came through the store. */
    static Optional<JobEvent> event(JobStore.Wish wish) {
        return switch (wish.kind()) {
            case CANCEL -> Optional.of(new JobEvent.Cancel(wish.argument()));
            case SUSPEND -> Optional.of(new JobEvent.Suspend());
            case RESUME -> Optional.of(new JobEvent.Resume());
            case DELETE -> Optional.of(new JobEvent.Delete());
            case RESIZE -> sizes(wish.argument()).map(JobEvent.Resize::new);
        };
    }

    private static Optional<SortedMap<String, Integer>> sizes(String text) {
        SortedMap<String, Integer> sizes = new TreeMap<>();
        for (String part : text.split(",")) {
            String[] pair = part.split("=", 2);
            if (pair.length != 2 || !pair[1].matches("\\d{1,6}")) {
                return Optional.empty();
            }
            sizes.put(pair[0].trim(), Integer.parseInt(pair[1]));
        }
        return Optional.of(sizes);
    }
}
