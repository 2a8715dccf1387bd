package io.mlengine.core.admission;

import io.mlengine.spi.model.Violation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Collects violations while the rules go through a job. */
final class Findings {
    private final List<Violation> violations = new ArrayList<>();

    List<Violation> all() {
        return List.copyOf(violations);
    }

    void add(Violation violation) {
        violations.add(violation);
    }

    void add(ViolationCode code, String path, String found, String advice) {
        violations.add(code.at(path, found, advice));
    }

    /** Reports a number outside its bounds. */
    void range(String path, long value, long least, long most) {
        if (value < least || value > most) {
            String bounds = most == Long.MAX_VALUE ? least + " or more" : least + " to " + most;
            add(ViolationCode.OUT_OF_RANGE, path, Long.toString(value), value + " is not allowed: " + bounds);
        }
    }

    /** Reports a time that is not above zero. */
    void positive(String path, Optional<Duration> value) {
        if (value.isPresent() && (value.get().isNegative() || value.get().isZero())) {
            String found = value.get().toString();
            add(ViolationCode.OUT_OF_RANGE, path, found, "the time must be longer than 0s");
        }
    }

    /** Reports a time below zero. */
    void notNegative(String path, Duration value) {
        if (value.isNegative()) {
            add(ViolationCode.OUT_OF_RANGE, path, value.toString(), "the time must not be below 0s");
        }
    }
}
