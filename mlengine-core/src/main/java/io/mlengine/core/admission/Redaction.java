package io.mlengine.core.admission;

import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Masks credentials in text that is shown to people: user names and passwords of URLs, tokens in their queries. */
public final class Redaction {
    private static final int LONGEST = 4096;
    private static final Pattern USER = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://([^\\s\"']*)@");
    private static final Pattern QUERY =
            Pattern.compile("(?i)([?&;][a-z_.-]*(?:token|password|passwd|secret|key|auth)[a-z_.-]*=)([^\\s\"'&;]+)");

    private Redaction() {}

    /**
     * Masks credentials; the text keeps its length, so that columns stay true.
     *
     * @param text any text
     * @return the text with stars in place of credentials
     */
    public static String of(String text) {
        int scheme = text.indexOf("://");
        if (scheme < 0) {
            return text;
        }
        // Nobody writes such a URL by hand, and the search below would take its time.
        if (text.length() > LONGEST) {
            return text.substring(0, scheme + 3) + "*".repeat(text.length() - scheme - 3);
        }
        String masked = USER.matcher(text).replaceAll(Redaction::user);
        return QUERY.matcher(masked)
                .replaceAll(match ->
                        quote(match.group(1)) + "*".repeat(match.group(2).length()));
    }

    /**
     * Tells whether a URL holds credentials. A user name alone is none for ssh, where the key stands elsewhere.
     *
     * @param url the URL
     * @return true when it does
     */
    public static boolean isNeeded(String url) {
        return !of(url).equals(url);
    }

    private static String user(MatchResult match) {
        String scheme = match.group(1);
        String user = match.group(2);
        boolean bare = scheme.endsWith("ssh") && !user.contains(":") && !user.contains("/");
        return quote(scheme + "://" + (bare ? user : "*".repeat(user.length())) + "@");
    }

    private static String quote(String text) {
        return java.util.regex.Matcher.quoteReplacement(text);
    }
}
