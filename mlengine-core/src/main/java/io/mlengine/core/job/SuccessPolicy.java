package io.mlengine.core.job;

import java.util.OptionalInt;

/**
 * When a job counts as succeeded.
 *
 * @param rule which replicas must have ended with code 0
 * @param minSucceeded succeed as soon as this many tracked replicas have; overrides the rule
 */
public record SuccessPolicy(Rule rule, OptionalInt minSucceeded) {
    /** The deciders decide. */
    public static final SuccessPolicy DECIDERS = new SuccessPolicy(Rule.DECIDERS, OptionalInt.empty());

    /** All tracked replicas must succeed. */
    public static final SuccessPolicy ALL = new SuccessPolicy(Rule.ALL, OptionalInt.empty());

    /** The rules. */
    public enum Rule {
        /** The roles' deciders; all tracked replicas when no role has any. */
        DECIDERS,
        /** All tracked replicas. */
        ALL
    }
}
