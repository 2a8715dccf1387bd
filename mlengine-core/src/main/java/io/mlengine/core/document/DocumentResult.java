package io.mlengine.core.document;

import io.mlengine.core.admission.Admission;
import io.mlengine.core.admission.AdmissionResult;
import io.mlengine.core.admission.FieldPath;
import io.mlengine.core.admission.ViolationCode;
import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.Violation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a document says: a job, everything that is wrong with it so far, and where each field stands. */
public final class DocumentResult {
    private final String file;
    private final Optional<MLTrain> train;
    private final List<PlacedViolation> violations;
    private final List<String> warnings;
    private final Map<String, SourcePosition> positions;
    private final Map<String, SourcePosition> keys;

    DocumentResult(
            String file,
            Optional<MLTrain> train,
            List<PlacedViolation> violations,
            List<String> warnings,
            Map<String, SourcePosition> positions,
            Map<String, SourcePosition> keys) {
        this.file = file;
        this.train = train;
        this.violations = sorted(violations);
        this.warnings = List.copyOf(warnings);
        this.positions = positions;
        this.keys = keys;
    }

    /**
     * The document's name.
     *
     * @return the name, as given to the reader
     */
    public String file() {
        return file;
    }

    /**
     * The job, as far as it could be read; to be used only when there are no violations.
     *
     * @return the job, or empty when the text could not be read at all
     */
    public Optional<MLTrain> train() {
        return train;
    }

    /**
     * Everything that is wrong.
     *
     * @return the violations, in the order of the document
     */
    public List<PlacedViolation> violations() {
        return violations;
    }

    /**
     * What is allowed and probably not meant.
     *
     * @return sentences
     */
    public List<String> warnings() {
        return warnings;
    }

    /**
     * Tells whether nothing is wrong.
     *
     * @return true when there are no violations
     */
    public boolean isValid() {
        return violations.isEmpty();
    }

    /**
     * Finds a field in the document.
     *
     * @param path the field, for example {@code spec.roles[0].replicas}
     * @return where its value stands, else the nearest field around it
     */
    public Optional<SourcePosition> position(String path) {
        String at = path;
        while (!at.isEmpty()) {
            SourcePosition position = positions.get(at);
            if (position != null) {
                return Optional.of(position);
            }
            at = at.substring(0, Math.max(0, Math.max(at.lastIndexOf('.'), at.lastIndexOf('['))));
        }
        return Optional.ofNullable(positions.get(""));
    }

    /**
     * Lets admission judge what was read, and adds its findings with their places. What follows only from a field that
     * could not be read is left out.
     *
     * @param admission the admission
     * @return the result with all violations; its job has all defaults
     */
    public DocumentResult admittedBy(Admission admission) {
        if (train.isEmpty()) {
            return this;
        }
        AdmissionResult verdict = admission.admit(train.get());
        DocumentResult judged = with(verdict.violations());
        return new DocumentResult(
                file, Optional.of(verdict.train()), judged.violations, verdict.warnings(), positions, keys);
    }

    /**
     * Adds violations that were found without the document.
     *
     * @param more the violations
     * @return the result with all of them
     */
    public DocumentResult with(List<Violation> more) {
        List<PlacedViolation> all = new ArrayList<>(violations);
        for (Violation violation : more) {
            if (!isConsequence(violation)) {
                all.add(new PlacedViolation(violation, place(violation)));
            }
        }
        return new DocumentResult(file, train, all, warnings, positions, keys);
    }

    private Optional<SourcePosition> place(Violation violation) {
        return ViolationCode.of(violation.code())
                .filter(ViolationCode::isAboutKey)
                .flatMap(code -> Optional.ofNullable(keys.get(violation.path())))
                .or(() -> position(violation.path()));
    }

    private boolean isConsequence(Violation violation) {
        boolean isDerived =
                ViolationCode.of(violation.code()).map(ViolationCode::isDerived).orElse(false);
        return violations.stream()
                .map(placed -> placed.violation())
                .anyMatch(earlier -> !earlier.path().isEmpty()
                        && (FieldPath.isWithin(violation.path(), earlier.path())
                                || (isDerived && FieldPath.isWithin(earlier.path(), "spec"))));
    }

    private static List<PlacedViolation> sorted(List<PlacedViolation> violations) {
        Comparator<PlacedViolation> order = Comparator.comparingInt(DocumentResult::line)
                .thenComparingInt(
                        placed -> placed.position().map(SourcePosition::column).orElse(0));
        return violations.stream().sorted(order).toList();
    }

    private static int line(PlacedViolation placed) {
        return placed.position().map(SourcePosition::line).orElse(Integer.MAX_VALUE);
    }
}
