package io.mlengine.spi.model;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.immutables.value.Value;

/**
 * The one style of all immutable models: the implementation stays package-private, the builder is the nested {@code
 * Builder} of the model, and only JDK collections appear.
 *
 * <p>{@code jdk9Collections} is deliberately off: the iteration order of {@code Set.of} differs between runs, which
 * would break deterministic simulation.
 */
@Target({ElementType.PACKAGE, ElementType.TYPE})
@Retention(RetentionPolicy.CLASS)
@Value.Style(
        visibility = Value.Style.ImplementationVisibility.PACKAGE,
        overshadowImplementation = true,
        jdkOnly = true,
        depluralize = true,
        depluralizeDictionary = {"branch:branches", "alias:aliases", "index:indexes"},
        allParameters = false)
public @interface ModelStyle {}
