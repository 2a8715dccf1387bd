package io.mlengine.backend.local.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.ReplicaId;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplicaFoldersTest {
    private static final AttemptId ATTEMPT = new AttemptId(JobId.of("bert"), 12);

    @ParameterizedTest
    @CsvSource({"worker,0,0", "worker,12,3", "a-1,2,0", "a-1-r2,0,1", "r1,7,0"})
    void aFolderNameTellsItsReplica(String role, int index, int restart) {
        ReplicaId replica = new ReplicaId(ATTEMPT, role, index, restart);
        Path folder = new ReplicaFolders(Path.of("/state")).replica(replica);
        assertThat(folder).startsWithRaw(Path.of("/state/jobs/bert/attempt-12"));
        assertThat(ReplicaFolders.attempt(
                        ATTEMPT.job(), folder.getName(folder.getNameCount() - 2).toString()))
                .contains(ATTEMPT);
        assertThat(ReplicaFolders.replica(ATTEMPT, folder.getFileName().toString()))
                .contains(replica);
    }

    @ParameterizedTest
    @CsvSource({"outputs", "work", "attempt-0", "attempt-x"})
    void otherFoldersAreNoAttempts(String name) {
        assertThat(ReplicaFolders.attempt(ATTEMPT.job(), name)).isEmpty();
    }
}
