package io.mlengine.benchmarks;

import java.io.IOException;
import java.nio.file.Path;

/** A binder in a JVM of its own, which stays warm between rounds and does nothing meanwhile. */
final class JvmBinder implements Binder {
    private final String name;
    private final String scheduler;
    private final MeasuredJvm jvm;

    JvmBinder(String name, String scheduler, Class<?> main, Path kubeconfig) throws IOException {
        this.name = name;
        this.scheduler = scheduler;
        jvm = MeasuredJvm.start(main, kubeconfig);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String scheduler() {
        return scheduler;
    }

    @Override
    public void begin(String namespace) throws IOException {
        jvm.begin(namespace);
    }

    @Override
    public boolean isRunning() {
        return true;
    }

    @Override
    public ProcessHandle process() {
        return jvm.handle();
    }

    @Override
    public void end() throws IOException {
        jvm.end();
    }

    @Override
    public void close() {
        jvm.close();
    }
}
