package io.mlengine.backend.k8s.pod;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place inside a volume claim, written as {@code pvc://claim/path}.
 *
 * @param claim the claim's name
 * @param path path inside the volume, empty for all of it
 */
record ClaimPath(String claim, String path) {
    private static final Pattern FORM = Pattern.compile("pvc://([a-z0-9][a-z0-9.-]*)/*(.*?)/*");

    static Optional<ClaimPath> parse(String source) {
        Matcher matcher = FORM.matcher(source);
        return matcher.matches() ? Optional.of(new ClaimPath(matcher.group(1), matcher.group(2))) : Optional.empty();
    }
}
