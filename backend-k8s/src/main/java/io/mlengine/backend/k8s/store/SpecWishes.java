package io.mlengine.backend.k8s.store;

import io.mlengine.backend.k8s.resource.MLTrainDocuments;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.backend.k8s.resource.MLTrainWish;
import io.mlengine.core.job.JobRecord.Desired;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.store.JobStore.Wish;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Role;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the fields of a spec that may change say: whether the job shall run, and how large its elastic roles shall be.
 *
 * @param desired whether it shall run
 * @param sizes elastic role to its wished size
 */
record SpecWishes(Desired desired, SortedMap<String, Integer> sizes) {
    SpecWishes {
        sizes = Collections.unmodifiableSortedMap(new TreeMap<>(sizes));
    }

    /** Reads an object; what cannot be read wishes nothing about sizes. */
    static SpecWishes of(MLTrainResource resource) {
        return new SpecWishes(
                MLTrainWish.desired(resource),
                MLTrainDocuments.read(resource)
                        .train()
                        .map(train -> sizes(resource, train))
                        .orElseGet(TreeMap::new));
    }

    private static SortedMap<String, Integer> sizes(MLTrainResource resource, MLTrain train) {
        SortedMap<String, Integer> sizes = new TreeMap<>();
        train.roles().stream().filter(Role::isElastic).forEach(role -> sizes.put(role.name(), role.replicas()));
        Optional<Role> only = MLTrainWish.elasticRole(train);
        MLTrainWish.replicas(resource).ifPresent(replicas -> only.ifPresent(role -> sizes.put(role.name(), replicas)));
        return sizes;
    }

    /** What has to be done so that a job that followed the earlier wishes follows these. */
    List<Wish> since(SpecWishes before, JobId job) {
        List<Wish> wishes = new ArrayList<>();
        if (desired != before.desired) {
            wishes.add(
                    switch (desired) {
                        case RUN -> new Wish(job, Wish.Kind.RESUME, "");
                        case SUSPEND -> new Wish(job, Wish.Kind.SUSPEND, "");
                        case CANCEL -> new Wish(job, Wish.Kind.CANCEL, "spec.desired is Cancel");
                        case DELETE -> new Wish(job, Wish.Kind.DELETE, "");
                    });
        }
        if (!sizes.equals(before.sizes) && !sizes.isEmpty()) {
            wishes.add(new Wish(
                    job,
                    Wish.Kind.RESIZE,
                    sizes.entrySet().stream().map(SpecWishes::text).collect(Collectors.joining(","))));
        }
        return wishes;
    }

    private static String text(Map.Entry<String, Integer> size) {
        return size.getKey() + "=" + size.getValue();
    }
}
