package io.mlengine.core.admission;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the word that somebody probably meant. */
public final class Suggestions {
    private static final int FARTHEST = 2;

    private Suggestions() {}

    /**
     * Finds the closest word: equal but for case, dashes and underscores, else at most two typing mistakes away.
     *
     * @param word what was written
     * @param words what there is; of equally close ones the first is taken
     * @return the closest, or empty when none is close
     */
    public static Optional<String> closest(String word, Collection<String> words) {
        String plain = plain(word);
        Optional<String> closest = Optional.empty();
        int least = FARTHEST + 1;
        for (String candidate : words) {
            if (plain(candidate).equals(plain)) {
                return Optional.of(candidate);
            }
            int distance = distance(word, candidate);
            // Two mistakes in a word of three letters make any word out of any other.
            if (distance < least && distance * 2 < Math.max(word.length(), candidate.length())) {
                least = distance;
                closest = Optional.of(candidate);
            }
        }
        return closest;
    }

    /**
     * Puts the suggestion in words.
     *
     * @param word what was written
     * @param words what there is
     * @return {@code did you mean `x`?}, or the words allowed
     */
    public static String advice(String word, Collection<String> words) {
        return closest(word, words)
                .map(closest -> "did you mean `" + closest + "`?")
                .orElseGet(() -> words.isEmpty() ? "there is none" : "one of " + String.join(", ", words));
    }

    private static String plain(String word) {
        return word.replace("_", "").replace("-", "").toLowerCase(Locale.ROOT);
    }

    /** The Damerau–Levenshtein distance with adjacent transpositions. */
    static int distance(String a, String b) {
        if (Math.abs(a.length() - b.length()) > FARTHEST) {
            return FARTHEST + 1;
        }
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            cost[i][0] = i;
        }
        for (int j = 0; j <= b.length(); j++) {
            cost[0][j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                cost[i][j] = Math.min(Math.min(cost[i - 1][j], cost[i][j - 1]) + 1, cost[i - 1][j - 1] + change);
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return cost[a.length()][b.length()];
    }
}
