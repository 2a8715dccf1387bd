package io.mlengine.backend.k8s.pod;

import io.mlengine.spi.model.CodeSource;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Role;
import java.util.Optional;

/** Where a job's program lies: in the checkout of its repository, or somewhere in its image. */
final class CodePlace {
    private CodePlace() {}

    /** The folder of code that git brings; empty when the image holds the program. */
    static Optional<String> folder(JobShape job) {
        return job.code()
                .flatMap(CodeSource::git)
                .map(git -> PodFolders.resolve(
                        PodFolders.CODE + "/" + GitSync.LINK, git.path().orElse("")));
    }

    /** Where a role's program starts; empty for the image's own folder. */
    static Optional<String> workingDirectory(JobShape job, Role role) {
        Optional<String> code = folder(job);
        return role.workingDirectory()
                .map(wanted -> PodFolders.resolve(code.orElse(""), wanted))
                .or(() -> code);
    }
}
