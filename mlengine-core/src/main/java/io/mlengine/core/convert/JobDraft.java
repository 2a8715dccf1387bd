package io.mlengine.core.convert;

import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.RunPolicy;
import io.mlengine.core.job.SchedulingWishes;
import io.mlengine.spi.model.DataSource;
import io.mlengine.spi.model.GitSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A job while its document is read. */
class JobDraft {
    final ForeignValue source;
    final MLTrain.Builder train = MLTrain.builder();
    final RunPolicy.Builder policy = RunPolicy.builder();
    final SchedulingWishes.Builder scheduling = SchedulingWishes.builder();
    final SortedMap<String, Object> options = new TreeMap<>();
    final List<RoleDraft> roles = new ArrayList<>();
    final List<DataSource> inputs = new ArrayList<>();
    String name = "";
    boolean isDecidedByAllWorkers;
    private @Nullable String mainContainer;
    private @Nullable ForeignValue backoffLimit;
    private @Nullable GitSource git;

    JobDraft(ForeignValue source) {
        this.source = source;
    }

    /** The container that trains, where the document says it. */
    Optional<String> mainContainer() {
        return Optional.ofNullable(mainContainer);
    }

    void mainContainer(String container) {
        mainContainer = container;
    }

    Optional<ForeignValue> backoffLimit() {
        return Optional.ofNullable(backoffLimit);
    }

    void backoffLimit(ForeignValue value) {
        backoffLimit = value;
    }

    Optional<GitSource> git() {
        return Optional.ofNullable(git);
    }

    void git(GitSource found) {
        git = found;
    }

    /** Makes roles of what was read, where the document does not name them itself. */
    void completeRoles() {}

    Optional<RoleDraft> role(String role) {
        return roles.stream().filter(draft -> draft.name.equals(role)).findFirst();
    }
}
