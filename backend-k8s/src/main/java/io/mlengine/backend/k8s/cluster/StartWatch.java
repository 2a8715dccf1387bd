package io.mlengine.backend.k8s.cluster;

import java.time.Duration;
import java.time.InstantSource;

/** Gives up pods whose containers cannot be started, for example since their image cannot be pulled. */
final class StartWatch {
    private final Replicas replicas;
    private final Attempts attempts;
    private final PodDeletions deletions;
    private final Duration patience;
    private final InstantSource clock;

    StartWatch(Replicas replicas, Attempts attempts, PodDeletions deletions, Duration patience, InstantSource clock) {
        this.replicas = replicas;
        this.attempts = attempts;
        this.deletions = deletions;
        this.patience = patience;
        this.clock = clock;
    }

    /** Looks once; called about once a second. */
    void look() {
        for (Replicas.InTrouble one : replicas.inTrouble(clock.instant())) {
            if (one.trouble().isHopeless(one.lasted(), patience)) {
                attempts.find(one.id().attempt())
                        .ifPresent(held -> deletions.doom(one.id(), one.pod(), one.trouble(), held.fence()));
            }
        }
    }
}
