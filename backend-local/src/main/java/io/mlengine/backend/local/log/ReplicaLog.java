package io.mlengine.backend.local.log;

import io.mlengine.core.output.ProgressText;
import io.mlengine.spi.backend.LogLine;
import io.mlengine.spi.backend.Progress;
import io.mlengine.spi.framework.LogRule;
import io.mlengine.spi.model.ReplicaId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one replica writes, while it is written. */
public final class ReplicaLog {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaLog.class);
    private static final int LAST_CHUNK = 16 * 1024;
    private static final int LAST_LINES = 20;
    private static final long REPORT_NANOS = Duration.ofSeconds(1).toNanos();

    private final ReplicaId replica;
    private final List<LogRule> rules;
    private final Pause pause;
    private final Consumer<Progress> progressSink;
    private final List<StreamTail> tails = new ArrayList<>();
    private final Path progressFile;
    private final LineSplitter progressSplitter = new LineSplitter(0);
    private final Map<LogLine.Stream, ArrayDeque<LogLine>> last = new EnumMap<>(LogLine.Stream.class);
    private @Nullable LogRule failure;
    private String failureLine = "";
    private @Nullable Progress pending;
    private @Nullable Long reportedAt;
    private boolean diskFull;
    private volatile boolean ended;

    ReplicaLog(
            ReplicaId replica,
            Path folder,
            List<LogRule> rules,
            LogSettings settings,
            Pause pause,
            Consumer<Progress> progressSink) {
        this.replica = replica;
        this.rules = List.copyOf(rules);
        this.pause = pause;
        this.progressSink = progressSink;
        this.progressFile = folder.resolve("progress.jsonl");
        for (LogLine.Stream stream : LogLine.Stream.values()) {
            last.put(stream, new ArrayDeque<>());
            tails.add(new StreamTail(replica, new StreamFiles(folder, stream), settings, this::line));
        }
    }

    /** Reads what has arrived; true when there was anything. */
    synchronized boolean poll(byte[] buffer) {
        if (ended) {
            return false;
        }
        boolean any = false;
        try {
            for (StreamTail tail : tails) {
                any |= tail.poll(buffer, pause);
            }
            readProgressFile();
            diskFull = false;
        } catch (IOException e) {
            failed(e);
        }
        report(false);
        return any;
    }

    /** Reads the rest after the end of the process, and reports the last progress. */
    public synchronized void finish() {
        if (ended) {
            return;
        }
        byte[] buffer = new byte[LAST_CHUNK];
        for (StreamTail tail : tails) {
            try {
                tail.finish(buffer);
            } catch (IOException e) {
                failed(e);
            }
        }
        try {
            readProgressFile();
            progressSplitter.finish((text, offset) -> progressJson(text));
        } catch (IOException e) {
            failed(e);
        }
        report(true);
        ended = true;
    }

    private void failed(IOException e) {
        if (!diskFull) {
            LOG.warn("cannot follow the output replica={} cause={}", replica, e.toString());
        }
        diskFull = String.valueOf(e.getMessage()).contains("No space left");
    }

    private void line(LogLine line) {
        ArrayDeque<LogLine> tail = last.get(line.stream());
        if (tail != null) {
            tail.add(line);
            if (tail.size() > LAST_LINES) {
                tail.remove();
            }
        }
        if (line.text().startsWith(ProgressText.PREFIX)) {
            progressJson(line.text().substring(ProgressText.PREFIX.length()));
            return;
        }
        for (LogRule rule : rules) {
            Matcher match = rule.pattern().matcher(line.text());
            if (match.find()) {
                if (rule.failure().isEmpty()) {
                    ProgressText.ofRule(rule, match).ifPresent(progress -> pending = progress);
                } else if (failure == null) {
                    failure = rule;
                    failureLine = line.text();
                }
                return;
            }
        }
    }

    private void progressJson(String text) {
        ProgressText.ofJson(text).ifPresent(progress -> pending = progress);
    }

    private void readProgressFile() throws IOException {
        if (!Files.exists(progressFile)) {
            return;
        }
        long size = Files.size(progressFile);
        long from = progressSplitter.offset();
        if (size <= from) {
            return;
        }
        try (var channel = Files.newByteChannel(progressFile)) {
            channel.position(from);
            java.nio.ByteBuffer bytes =
                    java.nio.ByteBuffer.allocate((int) Math.min(size - from, LineSplitter.MOST_BYTES));
            int count = channel.read(bytes);
            while (count > 0) {
                progressSplitter.feed(bytes.array(), 0, count, (text, offset) -> progressJson(text));
                bytes.clear();
                count = channel.read(bytes);
            }
        }
    }

    private void report(boolean isLast) {
        Progress progress = pending;
        long now = System.nanoTime();
        Long before = reportedAt;
        if (progress != null && (isLast || before == null || now - before >= REPORT_NANOS)) {
            pending = null;
            reportedAt = now;
            progressSink.accept(progress);
        }
    }

    /**
     * The last lines of both streams by time of arrival.
     *
     * @return at most 20 lines, oldest first
     */
    public synchronized List<String> lastLines() {
        List<LogLine> lines = new ArrayList<>();
        last.values().forEach(lines::addAll);
        lines.sort(
                Comparator.comparing(LogLine::at).thenComparing(LogLine::stream).thenComparing(LogLine::offset));
        return lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()).stream()
                .map(LogLine::text)
                .toList();
    }

    /**
     * The first line that explains a failure, should there be one.
     *
     * @return the rule and its line, or empty
     */
    public synchronized Optional<Explanation> explanation() {
        LogRule rule = failure;
        return rule == null ? Optional.empty() : Optional.of(new Explanation(rule, failureLine));
    }

    /**
     * Tells whether following failed last because the disk is full.
     *
     * @return true when it did
     */
    public synchronized boolean isDiskFull() {
        return diskFull;
    }

    /** Whether everything was read. */
    boolean hasEnded() {
        return ended;
    }

    /**
     * Why a replica may have failed.
     *
     * @param rule the rule
     * @param line the line that it matched
     */
    public record Explanation(LogRule rule, String line) {}
}
