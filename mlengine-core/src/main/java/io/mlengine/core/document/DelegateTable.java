package io.mlengine.core.document;

import static io.mlengine.core.document.Field.defaulted;
import static io.mlengine.core.document.Field.required;
import static io.mlengine.core.document.Values.TEXT;
import static io.mlengine.core.document.Values.word;

import io.mlengine.core.job.Delegate;
import io.mlengine.core.job.DelegateKind;
import java.util.List;

/** The field table of the object that another controller runs a job as. */
final class DelegateTable {
    /** Who runs the job instead of the engine. */
    static final ObjectType<Delegate> DELEGATE = delegate();

    private DelegateTable() {}

    private static ObjectType<Delegate> delegate() {
        Field<Delegate, DelegateKind> kind = required(
                "kind",
                word(List.of(DelegateKind.values()), DelegateKind::word),
                "Kind of object that it becomes; it must fit the framework.",
                Delegate::kind,
                DelegateKind.PYTORCH_JOB);
        Field<Delegate, String> version = defaulted(
                "apiVersion",
                TEXT,
                "Group and version of the kind; kubeflow.org/v2beta1 is another MPIJob.",
                Delegate::apiVersion,
                DelegateKind.USUAL_VERSION);
        return ObjectType.of(
                "an object with `kind`", given -> new Delegate(given.get(kind), given.get(version)), kind, version);
    }
}
