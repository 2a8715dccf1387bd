package io.mlengine.core.job;

/**
 * The object that another controller of the cluster runs a job as.
 *
 * @param kind the kind of object
 * @param apiVersion group and version of the kind, for example {@code kubeflow.org/v1}
 */
public record Delegate(DelegateKind kind, String apiVersion) {}
