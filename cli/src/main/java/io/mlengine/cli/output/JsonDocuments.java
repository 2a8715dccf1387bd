package io.mlengine.cli.output;

import io.mlengine.backend.local.doctor.Check;
import io.mlengine.core.api.EngineEvent;
import io.mlengine.core.api.JobView;
import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.FailureCause;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.Outcome;
import io.mlengine.core.job.PhaseChange;
import io.mlengine.core.job.ReplicaRecord;
import io.mlengine.core.scheduling.BlockingReason;
import io.mlengine.core.scheduling.Wait;
import io.mlengine.spi.backend.LogLine;
import io.mlengine.spi.backend.Progress;
import io.mlengine.spi.framework.Json;
import io.mlengine.spi.model.ExitStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The JSON that programs read. Fields are only ever added; absent means not known; times are RFC 3339 in UTC. */
public final class JsonDocuments {
    /** The version of all documents. */
    public static final String API_VERSION = "cli.mlengine.io/v1";

    private JsonDocuments() {}

    /** Starts a document. */
    public static Map<String, Object> document(String kind) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("apiVersion", API_VERSION);
        document.put("kind", kind);
        return document;
    }

    /** Writes a document on one line. */
    public static String write(Map<String, Object> document) {
        return Json.write(document);
    }

    /** A list as one document. */
    public static Map<String, Object> list(String kind, List<Map<String, Object>> items) {
        Map<String, Object> document = document(kind);
        document.put("items", items);
        return document;
    }

    /** A problem. */
    public static Map<String, Object> problem(Problem problem) {
        Map<String, Object> document = document("Error");
        document.put("code", problem.exit().name());
        document.put("exitCode", problem.exit().code());
        document.put("message", problem.title());
        document.put("details", problem.details());
        document.put("advice", problem.advice());
        return document;
    }

    /** A check of a machine or a cluster. */
    public static Map<String, Object> check(Check check) {
        Map<String, Object> document = document("Check");
        document.put("name", check.name());
        document.put("status", check.status().name().toLowerCase(Locale.ROOT));
        document.put("found", check.found());
        document.put("remedy", check.remedy());
        return document;
    }

    /** A job from its record alone. */
    public static Map<String, Object> job(JobRecord job) {
        Map<String, Object> document = document("Job");
        document.put("id", job.id().value());
        document.put("name", job.train().name());
        document.put("namespace", job.train().namespace());
        document.put("framework", job.train().framework());
        document.put("queue", job.train().queue());
        document.put("user", job.user());
        document.put("phase", job.phase().name());
        document.put("attempt", job.attemptNumber());
        document.put("createdAt", job.createdAt().toString());
        job.startedAt().ifPresent(at -> document.put("startedAt", at.toString()));
        job.finishedAt().ifPresent(at -> document.put("finishedAt", at.toString()));
        job.observations().progress().ifPresent(progress -> document.put("progress", progress(progress)));
        job.outcome().ifPresent(outcome -> document.put("outcome", outcome(outcome)));
        document.put("replicas", job.attempt().map(JsonDocuments::replicas).orElse(List.of()));
        document.put("history", job.history().stream().map(JsonDocuments::step).toList());
        return document;
    }

    /** A job of a living engine. */
    public static Map<String, Object> job(JobView view) {
        Map<String, Object> document = job(view.record());
        view.progress().ifPresent(progress -> document.put("progress", progress(progress)));
        view.waiting().ifPresent(wait -> document.put("waiting", waiting(wait)));
        return document;
    }

    /** Something that happened to a job. */
    public static Map<String, Object> event(EngineEvent event) {
        Map<String, Object> document = document("JobEvent");
        document.put("time", event.at().toString());
        document.put("job", event.job().value());
        document.put("name", event.view().name());
        document.put("type", event.type().name().toLowerCase(Locale.ROOT));
        document.put("phase", event.phase().name());
        document.put("attempt", event.view().record().attemptNumber());
        if (!event.text().isEmpty()) {
            document.put("text", event.text());
        }
        switch (event.type()) {
            case PROGRESS ->
                event.view().progress().ifPresent(progress -> document.put("progress", progress(progress)));
            case WAITING -> event.view().waiting().ifPresent(wait -> document.put("waiting", waiting(wait)));
            case REPLICA ->
                event.view().record().attempt().ifPresent(attempt -> document.put("replicas", replicas(attempt)));
            case PHASE ->
                event.view().record().outcome().ifPresent(outcome -> document.put("outcome", outcome(outcome)));
            case SUBMITTED, NOTE, DELETED -> {}
        }
        return document;
    }

    /** A line of a log. */
    public static Map<String, Object> line(LogLine line) {
        Map<String, Object> document = document("LogLine");
        document.put("time", line.at().toString());
        document.put("job", line.replica().attempt().job().value());
        document.put("attempt", line.replica().attempt().number());
        document.put("role", line.replica().role());
        document.put("index", line.replica().index());
        document.put("restart", line.replica().restart());
        document.put("stream", line.stream().name().toLowerCase(Locale.ROOT));
        document.put("text", line.text());
        return document;
    }

    private static Map<String, Object> progress(Progress progress) {
        Map<String, Object> values = new LinkedHashMap<>();
        progress.step().ifPresent(step -> values.put("step", step));
        progress.total().ifPresent(total -> values.put("total", total));
        progress.epoch().ifPresent(epoch -> values.put("epoch", epoch));
        Map<String, Object> metrics = new LinkedHashMap<>();
        progress.metrics().forEach((name, value) -> {
            // JSON knows no NaN and no infinity.
            metrics.put(name, Double.isFinite(value) ? value : String.valueOf(value));
        });
        values.put("metrics", metrics);
        return values;
    }

    private static Map<String, Object> waiting(Wait wait) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("position", wait.position());
        wait.start().ifPresent(start -> values.put("start", start.toString()));
        values.put("impossible", wait.isImpossible());
        values.put("text", wait.text());
        List<Object> reasons = new ArrayList<>();
        for (BlockingReason reason : wait.reasons()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("code", reason.code().name());
            one.put("dimension", reason.dimension());
            one.put("need", reason.need());
            one.put("free", reason.free());
            one.put("shortBy", reason.shortBy());
            one.put("where", reason.where());
            one.put(
                    "holders",
                    reason.holders().stream().map(holder -> holder.value()).toList());
            if (!reason.refusals().isEmpty()) {
                one.put(
                        "refusals",
                        reason.refusals().stream()
                                .map(refusal -> Map.of("nodes", refusal.nodes(), "why", refusal.why()))
                                .toList());
            }
            reasons.add(one);
        }
        values.put("reasons", reasons);
        return values;
    }

    private static Map<String, Object> outcome(Outcome outcome) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("result", outcome.result().name());
        values.put("reason", outcome.reason());
        values.put("message", outcome.message());
        values.put("decidedAt", outcome.decidedAt().toString());
        outcome.cause().ifPresent(cause -> values.put("firstFailure", cause(cause)));
        return values;
    }

    private static Map<String, Object> cause(FailureCause cause) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("class", cause.failureClass().name());
        values.put("reason", cause.reason());
        values.put("message", cause.message());
        cause.replica().ifPresent(replica -> {
            values.put("replica", replica.key().toString());
            values.put("attempt", replica.attempt().number());
        });
        cause.exit().ifPresent(exit -> values.put("exit", exit(exit)));
        values.put("lastLines", cause.lastLines());
        return values;
    }

    private static Map<String, Object> exit(ExitStatus exit) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("shellCode", exit.shellCode());
        values.put("signal", exit.signal());
        values.put("outOfMemory", exit.outOfMemory());
        return values;
    }

    private static List<Object> replicas(Attempt attempt) {
        List<Object> replicas = new ArrayList<>();
        for (ReplicaRecord replica : attempt.replicas().values()) {
            Map<String, Object> values = new LinkedHashMap<>();
            values.put("role", replica.key().role());
            values.put("index", replica.key().index());
            values.put("restart", replica.id().restart());
            values.put("state", replica.current().state().name());
            attempt.placement().slot(replica.key()).ifPresent(slot -> {
                values.put("node", slot.node());
                values.put("devices", slot.devices());
            });
            if (!replica.current().reason().isEmpty()) {
                values.put("reason", replica.current().reason());
            }
            replica.current().exit().ifPresent(exit -> values.put("exit", exit(exit)));
            replica.current().startedAt().ifPresent(at -> values.put("startedAt", at.toString()));
            replica.current().endedAt().ifPresent(at -> values.put("endedAt", at.toString()));
            replicas.add(values);
        }
        return replicas;
    }

    private static Map<String, Object> step(PhaseChange change) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("phase", change.phase().name());
        values.put("attempt", change.attempt());
        values.put("at", change.at().toString());
        values.put("reason", change.reason());
        values.put("message", change.message());
        return values;
    }
}
