package io.mlengine.core.store;

import io.mlengine.core.document.RecordDocument;
import io.mlengine.core.job.JobRecord;
import io.mlengine.spi.model.JobId;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Reads the jobs of all engines that share a root with {@link FolderJobStore}, and leaves wishes for them. Needs no
 * engine of its own. Safe for use by several threads.
 */
public final class FolderJobs {
    private final JobFolders folders;

    private FolderJobs(Path root) {
        this.folders = new JobFolders(root);
    }

    /**
     * Reads below a folder.
     *
     * @param root the folder; may not exist
     * @return the reader
     */
    public static FolderJobs below(Path root) {
        return new FolderJobs(root);
    }

    /**
     * All jobs whose folder exists.
     *
     * @return the records, oldest first
     */
    public List<JobRecord> list() {
        return folders.list().stream()
                .map(folders::record)
                .flatMap(Optional::stream)
                .map(RecordDocument::read)
                .sorted(Comparator.comparing(JobRecord::createdAt).thenComparing(JobRecord::id))
                .toList();
    }

    /**
     * Finds jobs by id, by the beginning of an id, or by name.
     *
     * @param word what the user wrote
     * @return the one job with that id, else all jobs that match, newest first
     */
    public List<JobRecord> find(String word) {
        Optional<JobRecord> exact =
                folders.list().contains(word) ? folders.record(word).map(RecordDocument::read) : Optional.empty();
        return exact.map(List::of)
                .orElseGet(() -> list().stream()
                        .filter(job -> job.train().name().equals(word)
                                || job.id().value().startsWith(word))
                        .sorted(Comparator.comparing(JobRecord::createdAt)
                                .reversed()
                                .thenComparing(JobRecord::id))
                        .toList());
    }

    /**
     * The folder of a job.
     *
     * @param job the job
     * @return its folder
     */
    public Path folder(JobId job) {
        return folders.folder(job.value());
    }

    /**
     * Whether an engine lives that runs the job.
     *
     * @param job the job
     * @return true when one does; a job that has not ended and is not owned was lost with its engine
     */
    public boolean isOwned(JobId job) {
        return folders.isOwned(job.value());
    }

    /**
     * Leaves a wish for the engine that owns the job.
     *
     * @param wish the wish
     */
    public void wish(JobStore.Wish wish) {
        folders.writeWish(wish.job().value(), WishText.write(wish));
    }
}
