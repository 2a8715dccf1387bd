package io.mlengine.backend.local.prepare;

import io.mlengine.spi.model.Artifact;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/** Looks what a job has left in its output folder. */
public final class OutputCollector {
    private OutputCollector() {}

    /**
     * One output.
     *
     * @param name the artifact's name
     * @param path where it lies
     * @param bytes its size, everything inside a folder included
     * @param files number of files, 0 when it is missing
     * @param isMissing whether the program did not produce it
     */
    public record Output(String name, Path path, long bytes, long files, boolean isMissing) {}

    /**
     * Looks at each declared artifact, in order; all of the output folder when none is declared.
     *
     * @throws IOException when the folder cannot be read
     */
    public static List<Output> collect(JobFolders folders, List<Artifact> artifacts) throws IOException {
        List<Output> outputs = new ArrayList<>();
        List<Artifact> wanted = artifacts.isEmpty() ? List.of(new Artifact("outputs", "")) : artifacts;
        for (Artifact artifact : wanted) {
            Path root = folders.outputs().normalize();
            Path path = root.resolve(artifact.path()).normalize();
            if (path.startsWith(root) && Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                Count count = new Count();
                Files.walkFileTree(path, count);
                outputs.add(new Output(artifact.name(), path, count.bytes, count.files, false));
            } else {
                outputs.add(new Output(artifact.name(), path, 0, 0, true));
            }
        }
        return outputs;
    }

    private static final class Count extends SimpleFileVisitor<Path> {
        private long bytes;
        private long files;

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            bytes += attributes.isRegularFile() ? attributes.size() : 0;
            files++;
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            // The program may still be moving its files about; what has gone is not counted.
            return FileVisitResult.CONTINUE;
        }
    }
}
