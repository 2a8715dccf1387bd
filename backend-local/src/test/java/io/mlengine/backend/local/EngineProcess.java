package io.mlengine.backend.local;

import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.model.ReplicaId;
import java.nio.file.Path;

/** An engine in a process of its own, which a test kills: starts one replica of a script and waits. */
final class EngineProcess {
    private EngineProcess() {}

    public static void main(String[] arguments) throws Exception {
        LocalBackendFixture fixture =
                new LocalBackendFixture(Path.of(arguments[0]), settings -> settings.stopsOnShutdown(true));
        ReplicaId replica = fixture.run("crash", arguments[1]);
        fixture.awaitState(replica, ReplicaState.READY);
        System.out.println("ready");
        System.in.read();
    }

    static Process start(Path root, String script) throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dslf4j.internal.verbosity=ERROR",
                        "-cp",
                        System.getProperty("java.class.path"),
                        EngineProcess.class.getName(),
                        root.toString(),
                        script)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
