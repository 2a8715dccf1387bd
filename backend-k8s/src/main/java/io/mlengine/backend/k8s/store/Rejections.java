package io.mlengine.backend.k8s.store;

import io.mlengine.backend.k8s.resource.MLTrainStatus;
import io.mlengine.spi.model.Violation;
import java.util.List;
import java.util.stream.Collectors;

/** What an object shows that no webhook judged before it was made, and that cannot be run. */
final class Rejections {
    private Rejections() {}

    static MLTrainStatus status(List<Violation> violations, long generation) {
        return MLTrainStatus.builder()
                .observedGeneration(generation)
                .phase("Rejected")
                .reason("Invalid")
                .message(violations.stream()
                        .map(violation -> violation.code() + " " + violation)
                        .collect(Collectors.joining("\n")))
                .build();
    }
}
