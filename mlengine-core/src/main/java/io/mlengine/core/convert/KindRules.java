package io.mlengine.core.convert;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * How jobs of one kind become jobs of one framework.
 *
 * @param kind the kind
 * @param versions the values of {@code apiVersion} that the table holds for
 * @param framework the framework that launches them; the last step may choose another one
 * @param contract what the operator sets for the program, and where it looks for it
 * @param make starts a draft
 * @param spec the table of the kind's {@code spec}
 * @param finish what follows from several fields together; called when roles are complete and not yet built
 */
record KindRules<D extends JobDraft>(
        String kind,
        List<String> versions,
        String framework,
        OperatorContract contract,
        Function<ForeignValue, D> make,
        FieldTable<D> spec,
        Consumer<D> finish) {

    /**
     * What an operator and its containers agree on.
     *
     * @param containers names of the container that trains
     * @param port name of the container port that the operator reads, or empty
     * @param portOption the framework's option for that port, or empty when the launcher needs none
     * @param variables variables that the operator sets, and so does the launcher; a star stands for anything
     */
    record OperatorContract(List<String> containers, String port, Optional<String> portOption, List<String> variables) {
        /** Tells whether the operator, or the engine, sets a variable. */
        boolean sets(String variable) {
            return variables.stream()
                    .anyMatch(pattern -> pattern.endsWith("*")
                            ? variable.startsWith(pattern.substring(0, pattern.length() - 1))
                            : variable.equals(pattern));
        }
    }

    KindRules {
        versions = List.copyOf(versions);
    }
}
