package io.mlengine.cli.command;

import io.mlengine.backend.local.prepare.CachedEnvironment;
import io.mlengine.backend.local.prepare.EnvironmentCache;
import io.mlengine.cli.output.ExitCode;
import io.mlengine.cli.output.Figures;
import io.mlengine.cli.output.JsonDocuments;
import io.mlengine.cli.output.Problem;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How environments are read and written. */
final class EnvironmentText {
    private static final int SHORT_NAME = 12;

    private EnvironmentText() {}

    static List<CachedEnvironment> all(EnvironmentCache cache) {
        try {
            return cache.list();
        } catch (IOException e) {
            throw unreadable(cache, e);
        }
    }

    static RuntimeException unreadable(EnvironmentCache cache, IOException cause) {
        return Problem.of(ExitCode.ENGINE, "the environments cannot be read: " + cause, "look at " + cache.folder())
                .raise(cause);
    }

    /** Enough of the name to tell one from the others. */
    static String name(CachedEnvironment environment) {
        return environment
                .name()
                .substring(0, Math.min(SHORT_NAME, environment.name().length()));
    }

    static String state(CachedEnvironment environment) {
        return environment.state().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    static String requirements(CachedEnvironment environment) {
        return String.join(", ", environment.requirements());
    }

    static String sum(List<CachedEnvironment> environments) {
        return Figures.bytes(
                environments.stream().mapToLong(CachedEnvironment::bytes).sum());
    }

    static Map<String, Object> json(CachedEnvironment environment) {
        Map<String, Object> document = JsonDocuments.document("Environment");
        document.put("name", environment.name());
        document.put("folder", environment.folder().toString());
        document.put("state", state(environment));
        document.put("requirements", environment.requirements());
        document.put("python", environment.python());
        document.put("bytes", environment.bytes());
        document.put("lastUsed", Figures.instant(environment.lastUsed()));
        return document;
    }
}
