package io.mlengine.spi.model;

/**
 * One thing that is wrong with a job, told so that the user can mend it. Violations are values, never exceptions, and
 * all of them are reported at once.
 *
 * @param path the field, for example {@code spec.roles[0].replicas}
 * @param code stable code that resolves to a heading in the docs, for example {@code ML-412}
 * @param message what is wrong, without the value
 * @param found the offending value as written, or empty
 * @param advice what to do, or empty
 */
public record Violation(String path, String code, String message, String found, String advice) {
    /**
     * A violation without value and advice.
     *
     * @param path the field
     * @param code the code
     * @param message what is wrong
     * @return the violation
     */
    public static Violation of(String path, String code, String message) {
        return new Violation(path, code, message, "", "");
    }

    @Override
    public String toString() {
        return path + ": " + message + (found.isEmpty() ? "" : " (found " + found + ")")
                + (advice.isEmpty() ? "" : "; " + advice);
    }
}
