package io.mlengine.backend.k8s.webhook;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The time that the API server waits for an answer: {@code ?timeout=10s}, as Go writes durations. */
final class ReviewTimeout {
    private static final Duration DEFAULT = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final Pattern QUERY =
            Pattern.compile("(?:^|.*&)timeout=(?:(\\d{1,4})m)?(?:(\\d{1,6}(?:\\.\\d{1,9})?)(ms|s))?(?:&.*|$)");

    private ReviewTimeout() {}

    /**
     * Reads the time for an answer, less a little for its way.
     *
     * @param query the query of the request, or null; what is not understood counts as the default of 10 s
     * @return the time, above zero
     */
    static Duration of(@Nullable String query) {
        Duration whole = query == null ? DEFAULT : parsed(query);
        Duration bounded = whole.compareTo(LONGEST) > 0 ? LONGEST : whole;
        return bounded.minus(bounded.dividedBy(20));
    }

    private static Duration parsed(String query) {
        Matcher matcher = QUERY.matcher(query);
        if (!matcher.matches()) {
            return DEFAULT;
        }
        String minutes = matcher.group(1);
        String amount = matcher.group(2);
        double millis = minutes == null ? 0 : Integer.parseInt(minutes) * 60_000.0;
        if (amount != null) {
            millis += Double.parseDouble(amount) * ("s".equals(matcher.group(3)) ? 1000 : 1);
        }
        return millis < 1 ? DEFAULT : Duration.ofMillis((long) millis);
    }
}
