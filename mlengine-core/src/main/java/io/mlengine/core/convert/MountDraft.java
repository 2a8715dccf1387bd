package io.mlengine.core.convert;

import org.jspecify.annotations.Nullable;

/** Where a container sees a volume. */
final class MountDraft {
    static final FieldTable<MountDraft> TABLE = FieldTable.<MountDraft>named("volume mount")
            .text("name", "the volume's name", (mount, text) -> mount.volume = text)
            .text("mountPath", "`path` of the input", (mount, text) -> mount.path = text)
            .text("subPath", "the end of the input's `source`", (mount, text) -> mount.subPath = text)
            .flag("readOnly", "`readOnly` of the input", (mount, flag) -> mount.readOnly = flag)
            .dropped("subPathExpr", "nothing replaces variables in paths", "write the path as it is")
            .dropped("mountPropagation", "folders are linked, not mounted", "")
            .build();

    final ForeignValue source;
    String volume = "";
    String path = "";

    @Nullable
    String subPath;

    boolean readOnly;

    MountDraft(ForeignValue source) {
        this.source = source;
    }
}
