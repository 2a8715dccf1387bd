package io.mlengine.plugins.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The agent and its client as processes. */
@Timeout(60)
class RemoteShellIT {
    @TempDir
    Path root;

    private RunningAgent agent;

    @BeforeEach
    void startAgent() throws IOException {
        boolean hasPython = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.exists(Path.of(folder, "python3")));
        assumeTrue(hasPython || "all".equals(System.getProperty("mlengine.require")), "no python3 on this machine");
        agent = new RunningAgent(root, "--patience", "0.5");
    }

    @AfterEach
    void stopAgent() {
        if (agent != null) {
            agent.close();
        }
    }

    @Test
    void outputErrorsAndExitCodeComeBack() throws Exception {
        RunningAgent.Result result = RunningAgent.run(agent.call("worker-0", "echo out;", "echo err >&2;", "exit 7"));
        assertThat(result.output()).isEqualTo("out\n");
        assertThat(result.errors()).isEqualTo("err\n");
        assertThat(result.code()).isEqualTo(7);
    }

    @Test
    void aSignalThatEndedTheCommandIsToldAsShellsTellIt() throws Exception {
        assertThat(RunningAgent.run(agent.call("worker-0", "kill -9 $$")).code())
                .isEqualTo(137);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-o ConnectionAttempts=10 -x worker-0 echo here",
                "-oStrictHostKeyChecking=no -q -n -T root@worker-0 -- echo here",
                "worker-0 -l root -p 22 echo here",
                "-nTp22 worker-0 echo here"
            })
    void theCommandLineIsThatOfSsh(String words) throws Exception {
        assertThat(RunningAgent.run(agent.call(words.split(" "))).output()).isEqualTo("here\n");
    }

    @Test
    void aHostThatIsNotInTheFileIsReachedByItsPort() throws Exception {
        String port = Integer.toString(agent.port());
        assertThat(RunningAgent.run(agent.call("-p", port, "127.0.0.1", "echo here"))
                        .output())
                .isEqualTo("here\n");
        RunningAgent.Result unknown = RunningAgent.run(agent.call("worker-7", "echo here"));
        assertThat(unknown.code()).isEqualTo(255);
        assertThat(unknown.errors()).isEqualTo("rsh-agent: unknown host worker-7; known are: worker-0\n");
    }

    @Test
    void commandsHaveTheEnvironmentOfTheReplicaInWhichTheyRun() throws Exception {
        ProcessBuilder call = agent.call("worker-0", "echo ${FROM_CALLER-not here}; echo $MLENGINE_ATTEMPT_SECRET");
        call.environment().put("FROM_CALLER", "here");
        assertThat(RunningAgent.run(call).output()).isEqualTo("not here\n0123456789abcdef\n");
    }

    @Test
    void whoDoesNotKnowTheSecretIsRefusedAndNothingRuns() throws Exception {
        Path trace = root.resolve("trace");
        RunningAgent.Result result = RunningAgent.run(agent.callWith("another", "worker-0", "touch " + trace));
        assertThat(result.code()).isEqualTo(255);
        assertThat(result.errors())
                .isEqualTo("rsh-agent: worker-0: the other end does not know the secret of this attempt\n");
        assertThat(trace).doesNotExist();
        assertThat(Files.readString(root.resolve("agent.log"))).contains("no command from 127.0.0.1");
    }

    @Test
    void theSecretIsNeverSentAndStrangersDoNotDisturb() throws Exception {
        try (Socket stranger = new Socket("127.0.0.1", agent.port())) {
            stranger.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            String heard = new String(stranger.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(heard).contains("challenge").doesNotContain("0123456789abcdef");
        }
        assertThat(RunningAgent.run(agent.call("worker-0", "echo here")).output())
                .isEqualTo("here\n");
    }

    @Test
    void aCommandThatCannotBeStartedSaysWhy() throws Exception {
        String half = "x".repeat(100_000); // together more than Linux takes as one word
        RunningAgent.Result result = RunningAgent.run(agent.call("worker-0", "echo", half, half));
        assertThat(result.errors()).startsWith("rsh-agent: ").contains("Argument list too long");
        assertThat(result.code()).isEqualTo(126);
    }

    @Test
    void whenTheConnectionDropsNothingOfTheCommandStays() throws Exception {
        String word = "41" + ProcessHandle.current().pid() + "0";
        Process caller = agent.call(
                        "-n",
                        "worker-0",
                        "sleep " + word + "1 & setsid sleep " + word + "2 & " + "setsid sh -c 'trap \"\" TERM; sleep "
                                + word + "3; sleep " + word + "4' & wait")
                .start();
        RunningAgent.await("grandchildren run", () -> sleepers(word) >= 3);
        caller.destroyForcibly();
        RunningAgent.await("all are gone", () -> sleepers(word) == 0);
    }

    private static long sleepers(String word) {
        return RunningAgent.processesOf(word).stream()
                .filter(process -> process.info().command().orElse("").endsWith("sleep"))
                .count();
    }

    @Test
    void aSignalForTheCallerReachesTheCommand() throws Exception {
        Process caller = agent.call("worker-0", "trap 'echo told; exit 5' TERM; echo up; sleep 600 & wait; wait")
                .start();
        assertThat(caller.inputReader().readLine()).isEqualTo("up");
        caller.toHandle().destroy(); // unlike the process's own method it leaves the streams open
        assertThat(caller.inputReader().readLine()).isEqualTo("told");
        assertThat(caller.waitFor()).isEqualTo(5);
    }

    @Test
    void whenTheReplicaIsToldToStopItsCommandsAre() throws Exception {
        Process caller = agent.call("-n", "worker-0", "trap 'echo told; exit 5' TERM; echo up; sleep 600 & wait; wait")
                .start();
        assertThat(caller.inputReader().readLine()).isEqualTo("up");
        agent.process.destroy();
        assertThat(caller.inputReader().readLine()).isEqualTo("told");
        assertThat(caller.waitFor()).isEqualTo(5);
        assertThat(agent.process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(agent.process.exitValue()).isEqualTo(143);
    }

    @Test
    void inputAndOutputMayBeBig() throws Exception {
        int bytes = 20_000_000;
        Path big = root.resolve("big");
        Files.write(big, new byte[bytes]);
        ProcessBuilder call = agent.call("worker-0", "tee /dev/stderr").redirectInput(big.toFile());
        Path errors = root.resolve("errors");
        Process caller = call.redirectError(errors.toFile()).start();
        assertThat(caller.getInputStream().readAllBytes()).hasSize(bytes);
        assertThat(caller.waitFor()).isZero();
        assertThat(errors).hasSize(bytes);
    }

    @Test
    void whatRunsInTheBackgroundDoesNotHoldTheCaller() throws Exception {
        Process caller = agent.call("worker-0", "sleep 600 & echo $!").start();
        long background = Long.parseLong(caller.inputReader().readLine());
        assertThat(caller.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(ProcessHandle.of(background)).isPresent().get().satisfies(ProcessHandle::destroyForcibly);
    }

    @Test
    void commandsRunAtTheSameTime() throws Exception {
        List<Process> callers = new ArrayList<>();
        Path meeting = Files.createDirectory(root.resolve("meeting"));
        for (int number : IntStream.range(0, 12).toArray()) {
            callers.add(agent.call(
                            "worker-0",
                            "touch " + meeting.resolve("c" + number) + "; until [ $(ls " + meeting
                                    + " | wc -l) -eq 12 ]; do sleep 0.05; done; exit " + number)
                    .start());
        }
        for (int number = 0; number < callers.size(); number++) {
            assertThat(callers.get(number).waitFor()).isEqualTo(number);
        }
    }

    /** Whether the kernel lets anybody have one depends on the machine: in some containers it does not. */
    @Test
    void aHostNameOfItsOwnOrWhatToDoWithout() throws Exception {
        String name = "127.0.0.9";
        Path other = Files.createDirectory(root.resolve("other"));
        try (RunningAgent named = new RunningAgent(
                other, "--hostname", name, "--hostname-needed-by", "prted", "--otherwise", "INSTEAD=a=b")) {
            String output = RunningAgent.run(named.call("worker-0", "uname -n; echo $INSTEAD"))
                    .output();
            RunningAgent.Result needy = RunningAgent.run(named.call("worker-0", ": prted; echo here"));
            if (output.startsWith(name)) {
                assertThat(output).isEqualTo(name + "\n\n");
                assertThat(needy.output()).isEqualTo("here\n");
            } else {
                assertThat(output).endsWith("\na=b\n");
                assertThat(needy.code()).isEqualTo(126);
                assertThat(needy.errors()).contains("prted needs a host name of its own");
            }
            assertThat(RunningAgent.run(new ProcessBuilder("uname", "-n")).output())
                    .as("the machine keeps its name")
                    .isNotEqualTo(name + "\n");
        }
    }
}
