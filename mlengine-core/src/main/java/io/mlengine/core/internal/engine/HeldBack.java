package io.mlengine.core.internal.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * Holds back what comes before it can be judged: what a store tells before its records and its fence are known, and jobs
 * whose shape depends on the nodes before these are. Keeps the order. Thread-safe.
 */
final class HeldBack {
    private final List<Runnable> held = new ArrayList<>();
    private boolean isOpen;

    /** Does something now, or when it is open. */
    synchronized void tell(Runnable news) {
        if (isOpen) {
            news.run();
        } else {
            held.add(news);
        }
    }

    /** What was waited for is known. Opening again does nothing. */
    synchronized void open() {
        isOpen = true;
        held.forEach(Runnable::run);
        held.clear();
    }
}
