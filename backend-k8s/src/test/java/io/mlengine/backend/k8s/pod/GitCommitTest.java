package io.mlengine.backend.k8s.pod;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class GitCommitTest {
    private static final String COMMIT = "8c2f1d0e9b7a6c5d4e3f2a1b0c9d8e7f6a5b4c3d";

    /** Lines of git-sync 4 as it writes them. */
    private static String line(String message, String rest) {
        return "{\"logger\":\"\",\"ts\":\"2026-11-26 12:00:00.1\",\"caller\":{\"file\":\"main.go\",\"line\":1500},\"level\":0,"
                + "\"msg\":\"" + message + "\"," + rest + "}";
    }

    @Test
    void theCommitIsTheOneThatWasCheckedOut() {
        assertThat(GitCommit.said(List.of(
                        line("initializing repo directory", "\"path\":\"/mlengine/code\""),
                        line(
                                "update required",
                                "\"ref\":\"main\",\"local\":\"\",\"remote\":\"" + "a".repeat(40) + "\""),
                        line("updated successfully", "\"ref\":\"main\",\"remote\":\"" + COMMIT + "\",\"syncCount\":1"),
                        line("exiting after one sync", "\"status\":0"))))
                .contains(COMMIT);
    }

    @Test
    void aRevisionThatLooksLikeACommitIsNotTakenForIt() {
        assertThat(GitCommit.said(List.of(line(
                        "updated successfully",
                        "\"ref\":\"" + "b".repeat(40) + "\",\"remote\":\"" + COMMIT + "\",\"syncCount\":1"))))
                .contains(COMMIT);
    }

    @Test
    void withoutThatLineNothingIsKnown() {
        assertThat(GitCommit.said(List.of())).isEmpty();
        assertThat(GitCommit.said(List.of("done", "commit " + COMMIT))).isEmpty();
        assertThat(GitCommit.said(List.of(line("updated successfully", "\"remote\":\"abc123\""))))
                .isEmpty();
    }

    @Test
    void onlyAWholeCommitIsOne() {
        assertThat(GitCommit.isFull(COMMIT)).isTrue();
        assertThat(GitCommit.isFull("0".repeat(64))).isTrue();
        assertThat(GitCommit.isFull(COMMIT.substring(1))).isFalse();
        assertThat(GitCommit.isFull("HEAD")).isFalse();
    }
}
