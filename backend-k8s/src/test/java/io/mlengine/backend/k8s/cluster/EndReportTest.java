package io.mlengine.backend.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.framework.LogRule;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.ReplicaId;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EndReportTest {
    private static final ReplicaStatus FAILED = ReplicaStatus.builder()
            .id(new ReplicaId(new AttemptId(JobId.of("job"), 1), "worker", 0, 0))
            .revision(1)
            .state(ReplicaState.FAILED)
            .exit(ExitStatus.ofCode(1))
            .reason("ExitCode")
            .build();
    private static final List<LogRule> RULES =
            List.of(LogRule.progress("step"), LogRule.failure("NCCL error", FailureClass.INFRASTRUCTURE, "Nccl"));

    @Test
    void theLast20LinesAreKept() {
        List<String> output = IntStream.range(0, 100).mapToObj(i -> "line " + i).toList();
        assertThat(EndReport.of(FAILED, output, List.of()).lastLines()).isEqualTo(output.subList(80, 100));
    }

    @Test
    void longLinesDoNotFillTheRecord() {
        String line = "x".repeat(60_000);

        ReplicaStatus end = EndReport.of(FAILED, Collections.nCopies(20, line), List.of());

        assertThat(end.lastLines())
                .hasSize(8)
                .allSatisfy(kept -> assertThat(kept).hasSizeLessThanOrEqualTo(500));
        assertThat(EndReport.of(FAILED, List.of(line, "the cause"), List.of()).lastLines())
                .element(1)
                .isEqualTo("the cause");
    }

    /** Each place where the pattern begins is tried to the end of the line. */
    @Test
    void aLineThatIsMadeToBeSlowIsReadInItsFirstPartOnly() {
        LogRule slow = LogRule.failure("bind .* bind .* in use", FailureClass.INFRASTRUCTURE, "PortTaken");
        String line = "bind ".repeat(12_000);

        ReplicaStatus end = assertTimeoutPreemptively(
                Duration.ofSeconds(30), () -> EndReport.of(FAILED, List.of(line, line + "in use"), List.of(slow)));

        assertThat(end.reason()).isEqualTo("ExitCode");
    }

    @Test
    void theFirstLineThatARuleExplainsCounts() {
        ReplicaStatus end =
                EndReport.of(FAILED, List.of("step 1, no NCCL error", "NCCL error 5", "NCCL error 6"), RULES);
        assertThat(end.failureClass()).contains(FailureClass.INFRASTRUCTURE);
        assertThat(end.reason()).isEqualTo("Nccl");
        assertThat(end.message()).isEqualTo("NCCL error 5");
    }

    @Test
    void noLineKnowsBetterThanTheClusterAndNoneExplainsSuccess() {
        ReplicaStatus evicted = ReplicaStatus.builder()
                .from(FAILED)
                .failureClass(FailureClass.INFRASTRUCTURE)
                .reason("Evicted")
                .build();
        assertThat(EndReport.of(evicted, List.of("NCCL error"), RULES).reason()).isEqualTo("Evicted");
        ReplicaStatus success = ReplicaStatus.builder()
                .from(FAILED)
                .state(ReplicaState.SUCCEEDED)
                .exit(ExitStatus.SUCCESS)
                .build();
        assertThat(EndReport.of(success, List.of("NCCL error"), RULES).failureClass())
                .isEmpty();
        assertThat(EndReport.linesFor(success, RULES)).isEqualTo(20);
        assertThat(EndReport.linesFor(FAILED, RULES)).isEqualTo(1000);
    }
}
