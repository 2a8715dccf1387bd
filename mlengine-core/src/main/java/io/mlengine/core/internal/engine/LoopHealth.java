package io.mlengine.core.internal.engine;

import io.mlengine.core.api.Health;
import java.util.TreeMap;

/** What the loop knows about its own state, and whether usage is taken; written by these two, read by anyone. */
final class LoopHealth {
    private volatile String backend = "not synced yet";
    private volatile String store = "";
    private volatile String usage = "";
    private volatile String fault = "";
    private volatile String fenced = "";
    private volatile boolean closed;

    void backend(String trouble) {
        backend = trouble;
    }

    void store(String trouble) {
        store = trouble;
    }

    void usage(String trouble) {
        usage = trouble;
    }

    void fault(String trouble) {
        fault = trouble;
    }

    void fenced(String trouble) {
        fenced = trouble;
    }

    void closed() {
        closed = true;
    }

    boolean isFenced() {
        return !fenced.isEmpty();
    }

    Health health(int mailboxDepth, int jobs) {
        TreeMap<String, String> details = new TreeMap<>();
        details.put("backend", backend.isEmpty() ? "synced" : backend);
        details.put("store", store.isEmpty() ? "ok" : store);
        details.put("mailbox", Integer.toString(mailboxDepth));
        details.put("jobs", Integer.toString(jobs));
        if (!usage.isEmpty()) {
            details.put("usage", usage);
        }
        if (!fault.isEmpty()) {
            details.put("fault", fault);
        }
        if (!fenced.isEmpty()) {
            details.put("fenced", fenced);
        }
        Health.Status status = Health.Status.UP;
        if (!backend.isEmpty() || !store.isEmpty() || !usage.isEmpty() || !fault.isEmpty()) {
            status = Health.Status.DEGRADED;
        }
        if (closed || !fenced.isEmpty()) {
            status = Health.Status.DOWN;
            details.put("closed", Boolean.toString(closed));
        }
        return new Health(status, java.util.Collections.unmodifiableSortedMap(details));
    }
}
