package io.mlengine.core.document;

import io.mlengine.spi.model.Violation;
import java.util.List;
import java.util.Optional;

/**
 * The plain text that tells people everything that is wrong with a job: the same words in the command line, in Java and
 * in a webhook's answer.
 */
public final class ViolationText {
    private ViolationText() {}

    /**
     * Tells what is wrong with a document.
     *
     * @param result the document with its violations
     * @param consequence what that led to, for example {@code nothing was started}, or empty
     * @return the text, with a line break at its end
     */
    public static String of(DocumentResult result, String consequence) {
        String heading = result.file() + (result.isValid() ? " is valid" : " is not valid");
        return text(heading, consequence, result.violations(), Optional.of("mlengine validate " + result.file()));
    }

    /**
     * Tells what is wrong with documents of other systems.
     *
     * @param heading what could not be done, for example {@code job.yaml cannot be converted}
     * @param violations the violations, at least one
     * @param repeat the command to try again
     * @return the text, with a line break at its end
     */
    public static String of(String heading, List<PlacedViolation> violations, String repeat) {
        return text(heading, "", violations, Optional.of(repeat));
    }

    /**
     * Tells what is wrong with a job that comes from no document.
     *
     * @param name the job's name
     * @param consequence what that led to, for example {@code nothing was started}, or empty
     * @param violations the violations, at least one
     * @return the text, with a line break at its end
     */
    public static String of(String name, String consequence, List<Violation> violations) {
        List<PlacedViolation> placed = violations.stream()
                .map(violation -> new PlacedViolation(violation, Optional.empty()))
                .toList();
        return text(name + (placed.isEmpty() ? " is valid" : " is not valid"), consequence, placed, Optional.empty());
    }

    private static String text(
            String heading, String consequence, List<PlacedViolation> violations, Optional<String> repeat) {
        StringBuilder out = new StringBuilder();
        int count = violations.size();
        if (count == 0) {
            return heading + "\n";
        }
        out.append(heading).append(": ").append(count).append(count == 1 ? " problem" : " problems");
        out.append(consequence.isEmpty() ? "" : ", " + consequence).append("\n\n");
        int places = violations.stream()
                .mapToInt(placed -> place(placed).length())
                .max()
                .orElse(0);
        int paths = violations.stream()
                .mapToInt(placed -> path(placed.violation()).length())
                .max()
                .orElse(0);
        int numbers = Integer.toString(count).length();
        for (int i = 0; i < count; i++) {
            PlacedViolation placed = violations.get(i);
            Violation violation = placed.violation();
            out.append(padded(Integer.toString(i + 1), numbers)).append("  ");
            out.append(places == 0 ? "" : padded(place(placed), places) + "  ");
            out.append(padded(path(violation), paths)).append("  ");
            out.append(violation.code()).append(' ').append(violation.message()).append('\n');
            placed.position()
                    .filter(position -> !position.sourceLine().isEmpty())
                    .ifPresentOrElse(position -> quoted(position, violation, out), () -> explained(violation, out));
        }
        out.append('\n').append(closing(violations, repeat)).append('\n');
        return out.toString();
    }

    private static String closing(List<PlacedViolation> violations, Optional<String> repeat) {
        String repair = violations.size() == 1 ? "fix it, then   " : "fix them all, then   ";
        String help = "more   mlengine help " + violations.get(0).violation().code();
        return repeat.map(command -> repair + command + "      ").orElse("") + help;
    }

    private static String place(PlacedViolation placed) {
        return placed.position().map(SourcePosition::toString).orElse("");
    }

    private static String path(Violation violation) {
        return violation.path().isEmpty() ? "(document)" : violation.path();
    }

    private static void quoted(SourcePosition position, Violation violation, StringBuilder out) {
        String number = Integer.toString(position.line());
        out.append(" ".repeat(Math.max(0, 6 - number.length()))).append(number).append(" | ");
        out.append(position.sourceLine()).append('\n');
        String carets = "^".repeat(position.length());
        out.append("       | ").append(" ".repeat(position.column() - 1)).append(carets);
        out.append(violation.advice().isEmpty() ? "" : " " + violation.advice()).append('\n');
    }

    private static void explained(Violation violation, StringBuilder out) {
        String found = violation.found();
        boolean isSaid = found.isEmpty() || violation.advice().contains(found);
        String text = (isSaid ? "" : "`" + found + "`: ") + violation.advice();
        if (!text.isEmpty()) {
            out.append("       |   ").append(text).append('\n');
        }
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
