package io.mlengine.backend.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.backend.local.log.LogFolder;
import io.mlengine.spi.backend.LogCursor;
import io.mlengine.spi.backend.LogLine;
import io.mlengine.spi.backend.Progress;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.framework.LogRule;
import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.Resources;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogIT {
    @TempDir
    Path root;

    /** Asks for a few lines at a time. */
    private static final class Reader implements Flow.Subscriber<LogLine> {
        final List<LogLine> lines = new ArrayList<>();
        final CompletableFuture<List<LogLine>> done = new CompletableFuture<>();
        private Flow.@org.jspecify.annotations.Nullable Subscription subscription;
        private long owed;

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            owed = 3;
            given.request(3);
        }

        @Override
        public synchronized void onNext(LogLine line) {
            assertThat(owed--).isPositive();
            lines.add(line);
            if (owed == 0) {
                owed = 3;
                java.util.Objects.requireNonNull(subscription).request(3);
            }
        }

        @Override
        public void onError(Throwable error) {
            done.completeExceptionally(error);
        }

        @Override
        public void onComplete() {
            done.complete(lines);
        }

        List<String> texts() throws Exception {
            return done.get(60, TimeUnit.SECONDS).stream().map(LogLine::text).toList();
        }

        synchronized int count() {
            return lines.size();
        }
    }

    private static Reader read(LocalBackendFixture fixture, ReplicaId replica, LogCursor from, boolean follow) {
        Reader reader = new Reader();
        fixture.backend.logs(replica, from, follow).subscribe(reader);
        return reader;
    }

    @Test
    void rotationLosesNothingAndDoublesNothing() throws Exception {
        int count = 200_000;
        try (LocalBackendFixture fixture = new LocalBackendFixture(
                root, builder -> builder.logBytesPerFile(100_000).rotatedLogFiles(100))) {
            ReplicaId replica = LocalBackendFixture.replica("numbers", 0);
            Reader live = read(fixture, replica, LogCursor.START, true);
            String script = "import os,time\nfor i in range(" + count + "):\n"
                    + " os.write(1, b'line %d\\n' % i)\n if i % 500 == 0: time.sleep(0.005); os.write(2, b'err\\n')";
            fixture.start("numbers", List.of("python3", "-c", script), 1, Needs.NONE, Resources.NONE, plan -> plan);
            assertThat(fixture.awaitEnd(replica).state()).isEqualTo(ReplicaState.SUCCEEDED);
            List<String> expected =
                    IntStream.range(0, count).mapToObj(i -> "line " + i).toList();
            assertThat(live.texts().stream().filter(text -> !text.equals("err")))
                    .isEqualTo(expected);
            List<String> again = LogFolder.of(root, JobId.of("numbers"))
                    .lines(List.of(replica))
                    .filter(line -> line.stream() == LogLine.Stream.STDOUT)
                    .map(LogLine::text)
                    .toList();
            assertThat(again).isEqualTo(expected);
            assertThat(fixture.folder(replica).resolve("stdout.log.3")).exists();
        }
    }

    @Test
    void theOldestFileGoesWhenThereAreTooMany() throws Exception {
        try (LocalBackendFixture fixture = new LocalBackendFixture(
                root, builder -> builder.logBytesPerFile(20_000).rotatedLogFiles(2))) {
            ReplicaId replica = fixture.run(
                    "long",
                    "i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); [ $((i % 2000)) -gt 0 ] || sleep 0.15; done;"
                            + " echo end");
            fixture.awaitEnd(replica);
            List<String> texts = read(fixture, replica, LogCursor.START, false).texts();
            assertThat(texts).endsWith("line 19999", "end").doesNotContain("line 0");
            try (var files = Files.list(fixture.folder(replica))) {
                assertThat(files.filter(file -> file.getFileName().toString().startsWith("stdout.log.")))
                        .hasSizeLessThanOrEqualTo(2);
            }
        }
    }

    @Test
    void followingWaitsForTheReplicaAndEndsWithIt() throws Exception {
        try (LocalBackendFixture fixture = new LocalBackendFixture(root)) {
            ReplicaId replica = LocalBackendFixture.replica("follow", 0);
            Reader reader = read(fixture, replica, LogCursor.START, true);
            fixture.run("follow", "echo one; while [ ! -e $MLENGINE_PLAN_DIR/go ]; do sleep 0.02; done; printf half");
            LocalBackendFixture.awaitTrue("the first line", () -> reader.count() == 1);
            assertThat(reader.done).isNotDone();
            Files.createFile(fixture.folder(replica).resolve("plan/go"));
            assertThat(reader.texts()).containsExactly("one", "half");
            assertThat(read(fixture, replica, LogCursor.START, true).texts()).containsExactly("one", "half");
        }
    }

    @Test
    void oddOutputIsReadable() throws Exception {
        try (LocalBackendFixture fixture = new LocalBackendFixture(root)) {
            String script = "import os,time\n"
                    + "for p in range(5):\n os.write(1, b'\\rdone %d%%' % (p*25)); time.sleep(0.03)\n"
                    + "os.write(1, b'\\nwindows\\r\\n'); os.write(1, b'bad \\xff\\xfe utf\\n')\n"
                    + "os.write(1, 'split ä'.encode()[:-1]); time.sleep(0.3); os.write(1, 'ä'.encode()[-1:]+b'\\n')\n"
                    + "block=b'x'*1000000\nfor i in range(100): os.write(1, block)\n"
                    + "os.write(1, b'\\nend\\n')";
            ReplicaId replica =
                    fixture.start("odd", List.of("python3", "-c", script), 1, Needs.NONE, Resources.NONE, plan -> plan);
            ReplicaStatus end = fixture.awaitEnd(replica);
            List<String> texts = read(fixture, replica, LogCursor.START, false).texts();
            assertThat(texts).hasSize(6);
            assertThat(texts.subList(0, 4)).containsExactly("done 100%", "windows", "bad \uFFFD\uFFFD utf", "split ä");
            assertThat(texts.get(4)).hasSizeLessThan(70_000).contains("[line cut, " + (100_000_000 - 65_536));
            assertThat(texts.get(5)).isEqualTo("end");
            assertThat(end.lastLines()).isEqualTo(texts);
        }
    }

    @Test
    void theTailIsWhatWasAskedFor() throws Exception {
        try (LocalBackendFixture fixture = new LocalBackendFixture(root)) {
            ReplicaId replica = fixture.run(
                    "tail", "for i in 1 2 3 4 5 6 7 8 9; do echo $i; done; for i in a b; do echo $i >&2; done");
            fixture.awaitEnd(replica);
            List<String> all = read(fixture, replica, LogCursor.START, false).texts();
            assertThat(all).hasSize(11);
            assertThat(read(fixture, replica, LogCursor.tail(4), false).texts()).isEqualTo(all.subList(7, 11));
            assertThat(read(fixture, replica, LogCursor.tail(100), false).texts())
                    .isEqualTo(all);
            assertThat(read(fixture, replica, LogCursor.END, false).texts()).isEmpty();
        }
    }

    @Test
    void replicasAreMergedByArrivalInAnOrderThatNeverChanges() {
        try (LocalBackendFixture fixture = new LocalBackendFixture(root)) {
            fixture.start(
                    "merge",
                    List.of("/bin/sh", "-c", "for i in 1 2 3 4 5; do echo $i; echo e$i >&2; sleep 0.15; done"),
                    3,
                    Needs.NONE,
                    Resources.NONE,
                    plan -> plan);
            for (int i = 0; i < 3; i++) {
                fixture.awaitEnd(LocalBackendFixture.replica("merge", i));
            }
            LogFolder folder = LogFolder.of(root, JobId.of("merge"));
            assertThat(folder.replicas())
                    .containsExactly(
                            LocalBackendFixture.replica("merge", 0),
                            LocalBackendFixture.replica("merge", 1),
                            LocalBackendFixture.replica("merge", 2));
            List<LogLine> lines = folder.lines(folder.replicas()).toList();
            assertThat(lines).hasSize(30);
            assertThat(lines)
                    .isSortedAccordingTo(Comparator.comparing(LogLine::at)
                            .thenComparing(line -> line.replica().index())
                            .thenComparing(LogLine::stream)
                            .thenComparing(LogLine::offset));
            assertThat(folder.lines(folder.replicas()).toList()).isEqualTo(lines);
            assertThat(Duration.between(lines.get(0).at(), lines.get(29).at())).isGreaterThan(Duration.ofMillis(300));
        }
    }

    @Test
    void progressAndFailuresAreReadFromTheOutput() {
        try (LocalBackendFixture fixture = new LocalBackendFixture(root)) {
            List<LogRule> rules = List.of(
                    LogRule.progress("step (?<step>\\d+)/(?<total>\\d+) loss (?<loss>[0-9.]+)"),
                    LogRule.failure("NCCL error", FailureClass.INFRASTRUCTURE, "NcclError"));
            ReplicaId replica = fixture.run(
                    "progress",
                    "echo 'step 5/10 loss 0.5'; sleep 0.3; echo '::mlengine-progress {\"step\": 6, \"broken\"';"
                            + " echo '::mlengine-progress {\"epoch\": 2, \"metrics\": {\"accuracy\": 0.75}}'; sleep 0.3;"
                            + " echo '{\"step\": 9, \"total\": 10, \"loss\": 1e-1}' >>$MLENGINE_PROGRESS_FILE; sleep 0.3;"
                            + " echo '{\"step\": 10, \"total\": 10, \"note\": \"ü\"}' >>$MLENGINE_PROGRESS_FILE;"
                            + " echo 'NCCL error: unhandled'; exit 1",
                    Resources.NONE,
                    plan -> plan.logRules(rules));
            ReplicaStatus end = fixture.awaitEnd(replica);
            assertThat(end.failureClass()).contains(FailureClass.INFRASTRUCTURE);
            assertThat(end.reason()).isEqualTo("NcclError");
            assertThat(end.message()).isEqualTo("NCCL error: unhandled");
            List<Progress> reports = fixture.progress(replica);
            assertThat(reports).hasSizeBetween(2, 3);
            assertThat(reports.get(0))
                    .isEqualTo(Progress.builder()
                            .step(5)
                            .total(10)
                            .putMetric("loss", 0.5)
                            .build());
            assertThat(reports.get(reports.size() - 1))
                    .isEqualTo(Progress.builder().step(10).total(10).build());
        }
    }
}
