package io.mlengine.plugins.xgboost;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Recognises requirements of pip that no XGBoost from 2.1 on can meet. Anything else, such as a URL, is left to the check
 * that runs where the package is.
 */
final class OldVersions {
    private static final List<Integer> OLDEST = List.of(2, 1);
    private static final Pattern REQUIREMENT = Pattern.compile(
            "\\s*xgboost([-_.]cpu)?\\s*(\\[[^]]*])?\\s*\\(?(?<clauses>[^;@)]*)\\)?.*", Pattern.CASE_INSENSITIVE);
    private static final Pattern CLAUSE =
            Pattern.compile("(?<operator>===?|~=|<=?)\\s*v?(?<release>\\d+(\\.\\d+)*)(?<any>\\.\\*)?.*");

    private OldVersions() {}

    static boolean isPinnedBy(String requirement) {
        Matcher matcher = REQUIREMENT.matcher(requirement);
        return matcher.matches()
                && Arrays.stream(matcher.group("clauses").split(","))
                        .map(String::strip)
                        .anyMatch(OldVersions::excludesNewOnes);
    }

    private static boolean excludesNewOnes(String text) {
        Matcher clause = CLAUSE.matcher(text);
        if (!clause.matches()) {
            return false;
        }
        List<Integer> release = Arrays.stream(clause.group("release").split("\\."))
                .map(OldVersions::number)
                .toList();
        return switch (clause.group("operator")) {
            case "<" -> compare(release, OLDEST) <= 0;
            case "<=" -> compare(release, OLDEST) < 0;
            // ~=2.0.3 stays below 2.1, ~=2.0 below 3.
            case "~=" -> isFamilyOld(release.subList(0, Math.max(1, release.size() - 1)));
            default -> clause.group("any") == null ? compare(release, OLDEST) < 0 : isFamilyOld(release);
        };
    }

    /** Tells whether all versions that begin with these numbers are old. */
    private static boolean isFamilyOld(List<Integer> beginning) {
        return compare(beginning, OLDEST.subList(0, Math.min(beginning.size(), OLDEST.size()))) < 0;
    }

    private static int compare(List<Integer> left, List<Integer> right) {
        for (int i = 0; i < Math.max(left.size(), right.size()); i++) {
            int difference = Integer.compare(i < left.size() ? left.get(i) : 0, i < right.size() ? right.get(i) : 0);
            if (difference != 0) {
                return difference;
            }
        }
        return 0;
    }

    private static int number(String digits) {
        return digits.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(digits);
    }
}
