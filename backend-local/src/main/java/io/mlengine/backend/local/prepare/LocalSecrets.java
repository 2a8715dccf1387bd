package io.mlengine.backend.local.prepare;

import io.mlengine.spi.model.SecretRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Secrets of one machine: a file {@code <folder>/<name>/<key>}, else {@code MLENGINE_SECRET_<NAME>_<KEY>}. */
public final class LocalSecrets implements SecretResolver {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

    private final Path folder;
    private final Map<String, String> environment;

    /** Secrets of this folder and these variables. */
    public LocalSecrets(Path folder, Map<String, String> environment) {
        this.folder = folder;
        this.environment = environment;
    }

    @Override
    public String resolve(SecretRef ref) throws PreparationException {
        if (!NAME.matcher(ref.name()).matches() || !NAME.matcher(ref.key()).matches()) {
            throw PreparationException.wrong(
                    "SecretNameInvalid",
                    "A secret's name and key consist of letters, digits, '.', '_' and '-': " + ref.name() + "/"
                            + ref.key() + " does not.");
        }
        Path file = folder.resolve(ref.name()).resolve(ref.key());
        String variable = "MLENGINE_SECRET_" + upper(ref.name()) + "_" + upper(ref.key());
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (permissions.contains(PosixFilePermission.OTHERS_READ)
                    || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
                throw PreparationException.wrong(
                        "SecretNotSafe",
                        "Everybody on this machine can read or change the secret file " + file
                                + ". Maybe run: chmod 600 " + file);
            }
            return withoutLastNewline(Files.readString(file));
        } catch (NoSuchFileException e) {
            // Then the environment may have it.
            String value = environment.get(variable);
            if (value == null) {
                throw PreparationException.wrong(
                        "SecretMissing",
                        "There is no secret " + ref.name() + " with key " + ref.key() + ". Maybe write it to " + file
                                + " (chmod 600) or set the engine's environment variable " + variable + ".");
            }
            return value;
        } catch (IOException e) {
            throw PreparationException.wrong("SecretNotReadable", "The secret file " + file + " cannot be read: " + e);
        }
    }

    // Editors end a file with a newline that belongs to no password.
    private static String withoutLastNewline(String text) {
        return text.endsWith("\r\n")
                ? text.substring(0, text.length() - 2)
                : text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    }

    private static String upper(String name) {
        return name.toUpperCase(Locale.ROOT).replace('-', '_').replace('.', '_');
    }
}
