package io.mlengine.core.internal.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * Holds back what a store tells before its records and its fence are known: a wish would be about a job that nobody knows
 * yet, and a new job would be written with the wrong fence. Keeps the order. Thread-safe.
 */
final class HeldBack {
    private final List<Runnable> held = new ArrayList<>();
    private boolean isOpen;

    /** Does something now, or when the store has been read. */
    synchronized void tell(Runnable news) {
        if (isOpen) {
            news.run();
        } else {
            held.add(news);
        }
    }

    /** The store has been read. */
    synchronized void open() {
        isOpen = true;
        held.forEach(Runnable::run);
        held.clear();
    }
}
