package io.mlengine.backend.k8s.cluster;

import io.mlengine.core.time.EngineClock;
import java.util.ArrayList;
import java.util.List;

/** A candidate with its line and what its listener heard. */
final class SimulatedCandidate implements LeadershipListener {
    final SimulatedLease.Line line;
    final LeaderLease lease;
    final List<Long> tokens;
    final List<String> heard = new ArrayList<>();

    /** A candidate that notes its tokens in a list which all candidates share. */
    SimulatedCandidate(String name, SimulatedLease server, LeaseTimes times, EngineClock clock, List<Long> tokens) {
        this.line = server.line();
        this.lease = new LeaderLease(line, name, times, clock, Runnable::run);
        this.tokens = tokens;
    }

    void start() {
        lease.start(this);
    }

    boolean isHeld() {
        return lease.leadership().isHeld();
    }

    @Override
    public void gained(long token) {
        tokens.add(token);
        heard.add("gained " + token);
    }

    @Override
    public void lost(String reason) {
        heard.add("lost");
    }
}
