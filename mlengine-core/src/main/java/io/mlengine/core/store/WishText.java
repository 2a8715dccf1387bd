package io.mlengine.core.store;

import io.mlengine.spi.model.JobId;
import java.util.Optional;

/** The form of a wish in a file: the kind, a line end, the argument. */
final class WishText {
    private WishText() {}

    static String write(JobStore.Wish wish) {
        return wish.kind() + "\n" + wish.argument();
    }

    static Optional<JobStore.Wish> read(JobId job, String text) {
        int end = text.indexOf('\n');
        if (end < 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(new JobStore.Wish(
                    job, JobStore.Wish.Kind.valueOf(text.substring(0, end)), text.substring(end + 1)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
