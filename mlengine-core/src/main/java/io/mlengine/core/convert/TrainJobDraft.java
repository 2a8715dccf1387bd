package io.mlengine.core.convert;

import io.mlengine.core.convert.TrainingRuntime.Launcher;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A TrainJob while it and its runtime are read: the runtime first, then the patches, then what the job itself says. */
final class TrainJobDraft extends JobDraft {
    final Map<String, StepDraft> steps = new LinkedHashMap<>();
    Launcher launcher = Launcher.NONE;
    boolean isElastic;
    boolean runsLauncherAsNode;

    @Nullable
    ForeignValue processes;

    @Nullable
    ForeignValue least;

    @Nullable
    ForeignValue most;

    @Nullable
    ForeignValue trainer;

    boolean isRuntimeKnown;
    private @Nullable ForeignValue nodes;

    TrainJobDraft(ForeignValue source) {
        super(source);
    }

    TrainJobDraft launchedBy(Launcher part) {
        launcher = part;
        return this;
    }

    Optional<ForeignValue> nodes() {
        return Optional.ofNullable(nodes);
    }

    void nodes(ForeignValue value) {
        nodes = value;
    }

    void nodesOfRuntime(ForeignValue value) {
        // The job may say another number; this one is still to be one.
        if (value.whole(1).isPresent()) {
            nodes = value;
        }
    }

    /** Replicated jobs of the runtime; those of a patch add to the ones of the same name. */
    void steps(ForeignValue list) {
        for (ForeignValue item : list.items()) {
            String step = item.peek("name").orElse("");
            StepDraft.TABLE.read(item, steps.computeIfAbsent(step, name -> step(name, item)));
        }
    }

    private static StepDraft step(String name, ForeignValue source) {
        return new StepDraft(name, name.equals("node") || name.isEmpty() ? "worker" : name, source);
    }

    @Override
    void completeRoles() {
        TrainJobFinish.roles(this);
    }

    /** The step of this name, made when no runtime describes it. */
    StepDraft step(String name) {
        return steps.computeIfAbsent(name, missing -> step(missing, source));
    }
}
