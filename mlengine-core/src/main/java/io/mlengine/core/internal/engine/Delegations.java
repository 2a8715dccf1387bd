package io.mlengine.core.internal.engine;

import io.mlengine.core.admission.ViolationCode;
import io.mlengine.core.job.Delegate;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.store.JobStore;
import io.mlengine.spi.model.Violation;
import java.util.Optional;

/** Who takes a job that another controller is to run. */
final class Delegations {
    private Delegations() {}

    /** Why a job cannot be handed over here at all. */
    static Optional<Violation> refusal(MLTrain train, JobStore store) {
        return train.delegate()
                .filter(delegate -> !store.delegates())
                .map(delegate -> violation(
                        delegate,
                        "a " + delegate.kind().word() + " needs a cluster with Kubernetes and Kubeflow; remove"
                                + " `delegate` to run the job here"));
    }

    /** Why a job is not taken by a call: nobody could follow it through the engine. */
    static Optional<Violation> refusalOfCall(MLTrain train, JobStore store) {
        return refusal(train, store)
                .or(() -> train.delegate()
                        .map(delegate -> violation(
                                delegate,
                                "make its MLTrain object, for example by `kubectl apply`; the object tells how it"
                                        + " fares")));
    }

    private static Violation violation(Delegate delegate, String advice) {
        return ViolationCode.DELEGATED.at("spec.delegate", delegate.kind().word(), advice);
    }
}
