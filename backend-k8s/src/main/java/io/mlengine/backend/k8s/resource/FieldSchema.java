package io.mlengine.backend.k8s.resource;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What the schema of a resource says about a field, besides its name and type. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface FieldSchema {
    /** What it means, one sentence. */
    String value();

    /** Form of a text, as a regular expression without anchors; empty for any. */
    String pattern() default "";

    /** Whether a text may be written as a whole number. */
    boolean intOrString() default false;
}
