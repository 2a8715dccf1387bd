package io.mlengine.backend.local;

import io.mlengine.backend.local.prepare.LocalFolders;
import io.mlengine.spi.backend.ComputeBackend;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.testkit.contract.ComputeBackendContract;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.io.TempDir;

class LocalBackendContractIT extends ComputeBackendContract {
    private static final String STAY = "while :; do sleep 0.05; done";

    @TempDir
    Path root;

    @Override
    protected ComputeBackend create() {
        return LocalBackend.create(LocalBackendConfig.builder()
                .folders(new LocalFolders(root, root.resolve("cache"), root.resolve("secrets")))
                .leaseFolder(root.resolve("leases"))
                .fakeGpus(2)
                .closeGrace(Duration.ofSeconds(1))
                .build());
    }

    @Override
    protected List<String> command(ReplicaId replica, Behaviour behaviour) {
        String script = switch (behaviour) {
            case SUCCEEDS -> "exit 0";
            case FAILS -> "exit 3";
            case STAYS -> STAY;
            case STAYS_WITH_A_CHILD -> "setsid sh -c 'trap \"\" TERM; " + STAY + "' & " + STAY;
            case SHOWS -> "cat \"$1\" \"$PLANNED\"; echo \"$MLENGINE_ATTEMPT_SECRET\"";
            case SPEAKS -> "i=0; while [ $i -lt 500 ]; do echo line $i; i=$((i+1)); done";
        };
        return List.of("/bin/sh", "-c", script, "sh");
    }

    @Override
    protected void letTimePass(Duration duration) {
        LockSupport.parkNanos(duration.toNanos());
    }

    @Override
    protected boolean isAlive(ReplicaId replica) {
        String mark = "MLENGINE_JOB_ID=" + replica.attempt().job();
        return ProcessHandle.allProcesses()
                .anyMatch(process -> environment(process.pid()).contains(mark));
    }

    /** Empty for processes of others and for those that have ended. */
    private static List<String> environment(long process) {
        try {
            Path file = Path.of("/proc", Long.toString(process), "environ");
            return List.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8).split("\0"));
        } catch (IOException goneOrNotOurs) {
            return List.of();
        }
    }
}
