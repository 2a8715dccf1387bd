package io.mlengine.spi.framework;

import io.mlengine.spi.model.FailureClass;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a line of output tells.
 *
 * @param pattern searched in each line; for progress its named groups {@code step}, {@code total}, {@code epoch} are
 *     read, any other named group is a metric
 * @param failure class of the failure that the line announces, should the replica fail; empty for a progress rule
 * @param reason short word for the failure in the job's record, for example {@code PortTaken}; empty for progress
 */
public record LogRule(Pattern pattern, Optional<FailureClass> failure, String reason) {
    /**
     * A line that carries progress.
     *
     * @param regex the pattern
     * @return the rule
     */
    public static LogRule progress(String regex) {
        return new LogRule(Pattern.compile(regex), Optional.empty(), "");
    }

    /**
     * A line that explains a failure.
     *
     * @param regex the pattern
     * @param failure whose fault it is
     * @param reason short word for the record
     * @return the rule
     */
    public static LogRule failure(String regex, FailureClass failure, String reason) {
        return new LogRule(Pattern.compile(regex), Optional.of(failure), reason);
    }
}
