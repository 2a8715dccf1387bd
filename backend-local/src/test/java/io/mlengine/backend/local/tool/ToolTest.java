package io.mlengine.backend.local.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ToolTest {
    @Test
    void linesExitCodeAndVariablesArePassedOn() throws Exception {
        List<String> heard = new ArrayList<>();
        ToolResult result = Tool.of("sh", "-c", "echo $GREETING; printf 'a\\rb'; echo oops >&2; exit 3")
                .with("GREETING", "hello")
                .onLine(heard::add)
                .run();
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.isSuccess()).isFalse();
        assertThat(heard).containsExactly("hello", "a", "b");
        assertThat(result.lines()).isEqualTo(heard);
    }

    @Test
    void errorsAreReadWhenAskedFor() throws Exception {
        assertThat(Tool.of("sh", "-c", "echo oops >&2").withErrors().run().text())
                .isEqualTo("oops");
    }

    @Test
    void aProgramThatTakesTooLongIsKilledWithItsChildren() throws Exception {
        ToolResult result = Tool.of("sh", "-c", "sleep 60 & echo $!; wait")
                .limit(Duration.ofMillis(700))
                .run();
        assertThat(result.isTimedOut()).isTrue();
        long child = Long.parseLong(result.lines().get(0));
        ProcessHandle.of(child).ifPresent(handle -> handle.onExit().join());
    }

    @Test
    void somethingLeftBehindDoesNotHoldTheCallerUp() throws Exception {
        long start = System.nanoTime();
        ToolResult result = Tool.of("sh", "-c", "sleep 5 & echo done")
                .limit(Duration.ofSeconds(20))
                .run();
        assertThat(result.isSuccess()).isTrue();
        assertThat(result.lines()).containsExactly("done");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
    }

    @Test
    void aSilentProgramIsSpokenFor() throws Exception {
        List<String> said = new ArrayList<>();
        Tool.of("sleep", "3.5").whenSilent(() -> said.add("still there")).run();
        assertThat(said).containsExactly("still there");
    }

    @Test
    void programsAreFoundOnThePath() {
        assertThat(Tool.find("sh", Map.of("PATH", "/nowhere:/bin"))).isPresent();
        assertThat(Tool.find("sh", Map.of("PATH", "/nowhere"))).isEmpty();
    }
}
