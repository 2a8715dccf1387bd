package io.mlengine.backend.local.prepare;

import io.mlengine.backend.local.lease.MachineLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The virtual environments that are kept. Looking at their sizes reads all their folders, which may take seconds. */
public final class EnvironmentCache {
    private static final Pattern NAME = Pattern.compile("[0-9a-f]{64}");

    private final Path folder;

    private EnvironmentCache(Path folder) {
        this.folder = folder;
    }

    /** The environments below a cache. */
    public static EnvironmentCache below(Path cache) {
        return new EnvironmentCache(cache.resolve("python"));
    }

    /** The folder that all of them lie in. */
    public Path folder() {
        return folder;
    }

    /** All environments, the last used first. */
    public List<CachedEnvironment> list() throws IOException {
        List<CachedEnvironment> environments = new ArrayList<>();
        for (Path found : folders()) {
            look(new EnvironmentPlace(folder, String.valueOf(found.getFileName())))
                    .ifPresent(environments::add);
        }
        environments.sort(
                Comparator.comparing(CachedEnvironment::lastUsed).reversed().thenComparing(CachedEnvironment::name));
        return environments;
    }

    private List<Path> folders() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file ->
                            NAME.matcher(String.valueOf(file.getFileName())).matches())
                    .toList();
        } catch (NoSuchFileException e) {
            // No environment was made so far.
            return List.of();
        }
    }

    private static Optional<CachedEnvironment> look(EnvironmentPlace place) throws IOException {
        boolean isUsed = EnvironmentUses.isLocked(place.lock()) || EnvironmentUses.isAny(place);
        CachedEnvironment.State state = isUsed
                ? CachedEnvironment.State.IN_USE
                : place.isComplete() ? CachedEnvironment.State.READY : CachedEnvironment.State.BROKEN;
        try {
            return Optional.of(new CachedEnvironment(
                    place.folder(),
                    state,
                    requirements(place),
                    version(place),
                    Trees.bytes(place.folder()),
                    place.lastUsed()));
        } catch (NoSuchFileException e) {
            // Removed in this moment.
            return Optional.empty();
        }
    }

    private static List<String> requirements(EnvironmentPlace place) throws IOException {
        // The address of an index may hold a password.
        Redaction redaction = Redaction.of();
        return lines(place.folder().resolve("requirements.txt")).stream()
                .map(redaction::clean)
                .toList();
    }

    private static String version(EnvironmentPlace place) throws IOException {
        return lines(place.folder().resolve("pyvenv.cfg")).stream()
                .filter(line -> line.matches("version(_info)? *=.*"))
                .map(line -> line.substring(line.indexOf('=') + 1).strip())
                .findFirst()
                .orElse("");
    }

    private static List<String> lines(Path file) throws IOException {
        // Both files come early while an environment is made, but not at once.
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    /**
     * Removes one, unless it has come into use.
     *
     * @return whether it is gone
     */
    public boolean remove(CachedEnvironment environment) throws IOException {
        EnvironmentPlace place = new EnvironmentPlace(folder, environment.name());
        Optional<MachineLock> lock = MachineLock.tryAcquire(place.lock());
        if (lock.isEmpty()) {
            return false;
        }
        MachineLock held = lock.get();
        try (held) {
            if (EnvironmentUses.isAny(place)) {
                return false;
            }
            // First, so that what an interrupted removal leaves behind is not taken for whole.
            Files.deleteIfExists(place.mark());
            Trees.delete(place.folder());
            Trees.delete(place.uses());
            return true;
        }
    }
}
