package io.mlengine.backend.local.prepare;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Takes secrets out of what programs say. */
final class Redaction {
    private static final String MASK = "***";

    private final List<String> secrets;

    private Redaction(List<String> secrets) {
        this.secrets = secrets;
    }

    /** Hides these texts, also as a URL writes them, and whatever stands before the at sign of a URL. */
    static Redaction of(String... secrets) {
        List<String> hidden = new ArrayList<>();
        for (String secret : secrets) {
            if (!secret.isEmpty()) {
                hidden.add(secret);
                hidden.add(URLEncoder.encode(secret, StandardCharsets.UTF_8));
            }
        }
        return new Redaction(hidden);
    }

    String clean(String text) {
        String cleaned = text.replaceAll("(https?|ftp)://[^/@\\s]+@", "$1://" + MASK + "@");
        for (String secret : secrets) {
            cleaned = cleaned.replace(secret, MASK);
        }
        return cleaned;
    }
}
