package io.mlengine.core.convert;

import io.mlengine.core.job.MLTrain;
import java.util.List;

/**
 * A job that was a document of another system.
 *
 * @param source kind and name of the document, for example {@code PyTorchJob/mnist}
 * @param train the job; admission has not judged it
 * @param notes everything that is not the same any more, in the order of the document
 */
public record ConvertedJob(String source, MLTrain train, List<ConversionNote> notes) {
    /** Copies the list. */
    public ConvertedJob {
        notes = List.copyOf(notes);
    }
}
