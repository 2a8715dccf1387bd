package io.mlengine.benchmarks;

/** Who gives waiting pods their nodes; begun and ended once in each round. Not thread-safe. */
interface Binder extends AutoCloseable {
    /** For people. */
    String name();

    /** The scheduler that its pods name. */
    String scheduler();

    /** Begins to bind the pods of a namespace. */
    void begin(String namespace) throws Exception;

    /** Whether its process lives on between rounds. */
    boolean isRunning();

    /** The process that binds, while it has begun or lives on. */
    ProcessHandle process();

    /** Ends what was begun; nothing is left to do for it until it begins again. */
    void end() throws Exception;

    @Override
    void close();
}
