package io.mlengine.plugins.cases;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks the test of a row that a case tells in prose; these marks are the index. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface ProseRow {
    /** The row's field {@code case}, word for word. */
    String value();
}
