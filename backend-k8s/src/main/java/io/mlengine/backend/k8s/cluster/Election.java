package io.mlengine.backend.k8s.cluster;

/** A way to choose the one process that leads. Closing it gives leadership up and returns when that is done. */
public interface Election extends AutoCloseable {
    /**
     * What is known of this process's own leadership.
     *
     * @return always the same object
     */
    Leadership leadership();

    /**
     * Begins to stand for election; called once.
     *
     * @param listener hears of terms, on a thread of the election's
     */
    void start(LeadershipListener listener);

    /**
     * What is wrong with the election itself, whatever the API server does.
     *
     * @return empty while it takes its turns; else only a new process helps
     */
    default String trouble() {
        return "";
    }

    /** Gives leadership up: the listener's {@code lost} returns first. Does nothing the second time. */
    @Override
    void close();
}
