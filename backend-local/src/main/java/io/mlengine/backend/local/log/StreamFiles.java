package io.mlengine.backend.local.log;

import io.mlengine.spi.backend.LogLine;
import java.nio.file.Path;
import java.util.Locale;

/** Names of a stream's files in a replica's folder. */
record StreamFiles(Path folder, LogLine.Stream stream) {
    private String name() {
        return stream.name().toLowerCase(Locale.ROOT);
    }

    /** What the process appends to. */
    Path current() {
        return folder.resolve(name() + ".log");
    }

    /** What was cut off by the n-th rotation, counted from 1. */
    Path rotated(int number) {
        return folder.resolve(name() + ".log." + number);
    }

    Path index() {
        return folder.resolve(name() + ".index");
    }
}
