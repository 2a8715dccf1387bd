package io.mlengine.core.convert;

import io.mlengine.core.admission.FieldPath;
import io.mlengine.core.document.SourcePosition;

/**
 * Where something stands in a document of another system.
 *
 * @param document kind and name, for example {@code PyTorchJob/mnist}
 * @param path the field, for example {@code spec.runPolicy.backoffLimit}; empty for the document itself
 * @param position file, line and column
 */
public record DocumentPlace(String document, String path, SourcePosition position) {
    DocumentPlace key(String key, SourcePosition at) {
        return new DocumentPlace(document, FieldPath.key(path, key), at);
    }

    DocumentPlace item(int index, SourcePosition at) {
        return new DocumentPlace(document, FieldPath.item(path, index), at);
    }
}
