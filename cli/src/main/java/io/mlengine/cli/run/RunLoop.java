package io.mlengine.cli.run;

import io.mlengine.cli.host.Host;
import io.mlengine.cli.output.ExitCode;
import io.mlengine.cli.output.Figures;
import io.mlengine.cli.output.JsonDocuments;
import io.mlengine.cli.output.OutputForm;
import io.mlengine.cli.output.Problem;
import io.mlengine.cli.terminal.LiveTerminal;
import io.mlengine.core.api.EngineEvent;
import io.mlengine.core.api.JobFilter;
import io.mlengine.core.api.JobHandle;
import io.mlengine.core.api.JobView;
import io.mlengine.core.api.MLEngine;
import io.mlengine.core.api.SubmitResult;
import io.mlengine.core.document.DocumentResult;
import io.mlengine.core.document.ViolationText;
import io.mlengine.core.job.Phase;
import io.mlengine.core.scheduling.Wait;
import io.mlengine.core.store.FolderJobs;
import io.mlengine.spi.model.JobId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Submits jobs and stays until all have ended. Everything that happens (events, signals, keys) becomes a message to the
 * one thread that called {@link #run}.
 */
public final class RunLoop {
    private static final long REDRAW_MILLIS = 500;
    private static final char CTRL_C = 3;
    private static final Duration LATE_EVENT = Duration.ofSeconds(1);

    private final Host host;
    private final MLEngine engine;
    private final RunWish wish;
    private final SignalSource signals;
    private final BlockingQueue<Runnable> messages = new LinkedBlockingQueue<>();
    private final Map<JobId, JobFollower> jobs = new LinkedHashMap<>();
    private final StopRules rules;
    private final Optional<Instant> giveUpAt;
    private boolean timedOut;

    /** A loop over one engine, which the caller closes. */
    public RunLoop(Host host, MLEngine engine, RunWish wish, SignalSource signals) {
        this.host = host;
        this.engine = engine;
        this.wish = wish;
        this.signals = signals;
        this.rules = new StopRules(wish.isLive() && host.terminal().input());
        this.giveUpAt = wish.timeout().map(time -> host.clock().instant().plus(time));
    }

    /**
     * Runs.
     *
     * @return the exit code
     */
    public int run() {
        signals.on(
                "INT",
                () -> messages.add(() -> act(rules.interrupted(host.clock().instant()))));
        signals.on(
                "TERM",
                () -> messages.add(() -> act(rules.terminated(host.clock().instant()))));
        signals.on(
                "HUP",
                () -> messages.add(() -> act(rules.terminated(host.clock().instant()))));
        MLEngine.Subscription events = engine.listen(JobFilter.ALL, event -> messages.add(() -> happened(event)));
        try (events;
                Display shown = display()) {
            display = shown;
            submit();
            follow();
        } finally {
            jobs.values().forEach(JobFollower::close);
            signals.close();
        }
        return finish();
    }

    private Display display = new NoDisplay();

    private Display display() {
        if (wish.isLive()) {
            try {
                LiveTerminal terminal =
                        LiveTerminal.open(host.output(), host.terminal().input());
                signals.on("WINCH", () -> {
                    terminal.resized();
                    messages.add(this::refresh);
                });
                signals.on("CONT", terminal::continued);
                terminal.readKeys(key -> messages.add(() -> key((char) key)));
                return new LiveDisplay(terminal, wish.outputStyle(), this::folder);
            } catch (IOException e) {
                host.error()
                        .println("the terminal cannot be asked for its size (" + e.getMessage()
                                + "): plain lines instead");
            }
        }
        Display onError =
                new PlainDisplay(host.error(), wish.errorStyle(), host.error(), wish.errorStyle(), this::folder);
        return switch (wish.form()) {
            case TEXT ->
                new PlainDisplay(host.output(), wish.outputStyle(), host.error(), wish.errorStyle(), this::folder);
            case JSON, ID -> onError;
            case JSONL -> new JsonLinesDisplay(host.output(), onError);
        };
    }

    private Path folder(JobFollower job) {
        return FolderJobs.below(wish.root()).folder(job.handle().id());
    }

    private void submit() {
        for (RunWish.Submission submission : wish.submissions()) {
            DocumentResult document = submission.document();
            SubmitResult result = engine.submit(submission.train()).join();
            switch (result.kind()) {
                case ACCEPTED -> accepted(document, result.orThrow());
                case REJECTED -> {
                    DocumentResult rejected = document.with(((SubmitResult.Rejected) result).violations());
                    throw new Problem(
                                    ExitCode.USAGE,
                                    document.file() + " was rejected",
                                    ViolationText.of(rejected, "nothing was started")
                                            .lines()
                                            .toList(),
                                    List.of())
                            .raise();
                }
            }
        }
    }

    private void accepted(DocumentResult document, JobHandle handle) {
        JobFollower job = new JobFollower(handle, document.file().equals("stdin") ? "-" : document.file());
        jobs.put(handle.id(), job);
        if (wish.isLive()) {
            job.followLogs();
        }
        if (wish.form() == OutputForm.ID) {
            host.output().println(handle.id());
            host.output().flush();
        }
        display.say(wish.errorStyle()
                .dim("follow  mlengine logs -f " + handle.id() + "   stop  mlengine cancel " + handle.id()
                        + "   usage  mlengine usage " + handle.id()));
    }

    /** Goes on until the end of each job was told; the event of the end may come a moment after the record. */
    private void follow() {
        Optional<Instant> ended = Optional.empty();
        while (jobs.values().stream().anyMatch(job -> !job.isReported())) {
            refresh();
            try {
                drain(messages.poll(REDRAW_MILLIS, TimeUnit.MILLISECONDS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                act(rules.terminated(host.clock().instant()));
                return;
            }
            Instant now = host.clock().instant();
            act(rules.tick(now));
            giveUpInTime(now);
            if (jobs.values().stream().allMatch(JobFollower::hasEnded)) {
                Instant since = ended.orElse(now);
                ended = Optional.of(since);
                if (Duration.between(since, now).compareTo(LATE_EVENT) > 0) {
                    jobs.values().stream().filter(job -> !job.isReported()).forEach(this::report);
                }
            }
        }
    }

    private void drain(@Nullable Runnable first) {
        Runnable message = first;
        while (message != null) {
            message.run();
            message = messages.poll();
        }
    }

    private void giveUpInTime(Instant now) {
        if (!timedOut && giveUpAt.filter(at -> !now.isBefore(at)).isPresent()) {
            timedOut = true;
            display.say("gave up after --timeout "
                    + wish.timeout().map(Figures::shortTime).orElse(""));
            act(rules.terminated(now));
        }
    }

    private void refresh() {
        display.refresh(List.copyOf(jobs.values()), host.clock().instant(), rules);
    }

    private void happened(EngineEvent event) {
        JobFollower job = jobs.get(event.job());
        if (job == null) {
            return;
        }
        job.happened(event);
        display.event(event, job);
        if (event.type() == EngineEvent.Type.WAITING || event.phase() == Phase.QUEUED) {
            giveUpTheImpossible(job, event.view());
        }
        if (event.type() == EngineEvent.Type.PHASE && event.phase().isTerminal() && !job.isReported()) {
            report(job);
        }
    }

    private void report(JobFollower job) {
        job.reported();
        boolean isLast = jobs.values().stream().allMatch(JobFollower::isReported);
        display.ended(job, isLast);
    }

    private void giveUpTheImpossible(JobFollower job, JobView view) {
        boolean impossible = view.phase() == Phase.QUEUED
                && view.waiting().map(Wait::isImpossible).orElse(false);
        if (impossible && !job.isGivenUp()) {
            job.giveUp();
            display.say(view.id() + " can never run here: "
                    + view.waiting().map(Wait::text).orElse(""));
            job.handle().cancel("it can never run here");
        }
    }

    private void key(char key) {
        Instant now = host.clock().instant();
        // Some terminals hand Ctrl-C over as a key while they are read without Enter.
        StopRules.Action action = key == CTRL_C ? rules.interrupted(now) : rules.key(key, now);
        if (action == StopRules.Action.NONE) {
            display.key(key);
        }
        act(action);
        refresh();
    }

    private void act(StopRules.Action action) {
        switch (action) {
            case NONE, ASK, GO_ON -> {}
            case STOP ->
                jobs.values().stream()
                        .filter(job -> !job.hasEnded())
                        .forEach(job -> job.handle().cancel("stopped by the user"));
        }
        if (action != StopRules.Action.NONE && !wish.isLive()) {
            Duration grace = jobs.values().stream()
                    .map(job -> job.handle().view().record().train().runPolicy().stopGrace())
                    .max(Duration::compareTo)
                    .orElse(Duration.ZERO);
            display.say(rules.footer(host.clock().instant(), grace, jobs.size() > 1));
        }
    }

    private int finish() {
        List<JobView> views =
                jobs.values().stream().map(job -> job.handle().view()).toList();
        if (wish.form() == OutputForm.JSON) {
            List<Map<String, Object>> documents =
                    views.stream().map(JsonDocuments::job).toList();
            host.output()
                    .println(JsonDocuments.write(
                            documents.size() == 1 ? documents.get(0) : JsonDocuments.list("JobList", documents)));
        }
        host.output().flush();
        if (timedOut) {
            return ExitCode.TIMEOUT.code();
        }
        return jobs.values().stream().mapToInt(this::code).max().orElse(0);
    }

    private int code(JobFollower job) {
        JobView view = job.handle().view();
        if (job.isGivenUp()) {
            return ExitCode.IMPOSSIBLE.code();
        }
        if (wish.isJobsCode()) {
            Optional<Integer> own = view.record()
                    .outcome()
                    .flatMap(outcome -> outcome.cause())
                    .flatMap(cause -> cause.exit())
                    .map(exit -> exit.shellCode());
            if (own.isPresent()) {
                return own.get();
            }
        }
        return view.record().outcome().map(ExitCode::of).orElse(ExitCode.ENGINE).code();
    }

    /** Stands in until the real one is there. */
    private static final class NoDisplay implements Display {
        @Override
        public void event(EngineEvent event, JobFollower job) {}

        @Override
        public void refresh(List<JobFollower> jobs, Instant now, StopRules rules) {}

        @Override
        public void say(String text) {}

        @Override
        public void ended(JobFollower job, boolean isLast) {}

        @Override
        public void close() {}
    }
}
