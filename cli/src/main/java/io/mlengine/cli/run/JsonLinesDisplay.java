package io.mlengine.cli.run;

import io.mlengine.cli.output.JsonDocuments;
import io.mlengine.core.api.EngineEvent;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;

/** One JSON object an event, for programs; words for people go to standard error. */
final class JsonLinesDisplay implements Display {
    private final PrintStream out;
    private final Display people;

    JsonLinesDisplay(PrintStream out, Display people) {
        this.out = out;
        this.people = people;
    }

    @Override
    public void event(EngineEvent event, JobFollower job) {
        out.println(JsonDocuments.write(JsonDocuments.event(event)));
        out.flush();
    }

    @Override
    public void refresh(List<JobFollower> jobs, Instant now, StopRules rules) {}

    @Override
    public void say(String text) {
        people.say(text);
    }

    @Override
    public void ended(JobFollower job, boolean isLast) {
        people.ended(job, isLast);
    }

    @Override
    public void close() {
        out.flush();
        people.close();
    }
}
