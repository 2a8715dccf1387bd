package io.mlengine.core.plugin;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Changes class files inside jars. */
final class ClassFiles {
    private static final int MAJOR_VERSION_LOW_BYTE = 7;
    private static final byte FAR_FUTURE = (byte) 200;

    private ClassFiles() {}

    /** Makes a class look as if compiled for a Java that does not exist yet. */
    static void raiseVersion(Path jar, String entry) throws IOException {
        try (FileSystem files = FileSystems.newFileSystem(URI.create("jar:" + jar.toUri()), Map.of())) {
            Path file = files.getPath(entry);
            byte[] bytes = Files.readAllBytes(file);
            bytes[MAJOR_VERSION_LOW_BYTE] = FAR_FUTURE;
            Files.write(file, bytes);
        }
    }
}
