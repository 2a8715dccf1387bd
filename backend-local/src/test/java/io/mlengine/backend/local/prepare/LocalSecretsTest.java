package io.mlengine.backend.local.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mlengine.spi.model.SecretRef;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalSecretsTest {
    private static final SecretRef REF = new SecretRef("git-login", "password");

    @TempDir
    Path folder;

    @Test
    void aFileComesBeforeAVariableAndLosesItsLastNewline() throws Exception {
        LocalSecrets secrets = new LocalSecrets(folder, Map.of("MLENGINE_SECRET_GIT_LOGIN_PASSWORD", "variable"));
        assertThat(secrets.resolve(REF)).isEqualTo("variable");
        write("rw-------");
        assertThat(secrets.resolve(REF)).isEqualTo("from file");
    }

    @Test
    void aFileThatEverybodyCanReadIsRefused() throws Exception {
        write("rw-r--r--");
        PreparationException e = failure(REF);
        assertThat(e.reason()).isEqualTo("SecretNotSafe");
        assertThat(e).hasMessageContaining("chmod 600");
        assertThat(e.getMessage()).doesNotContain("from file");
    }

    @Test
    void aMissingSecretNamesBothPlaces() {
        assertThat(failure(REF))
                .hasMessageContaining(folder.resolve("git-login/password").toString())
                .hasMessageContaining("MLENGINE_SECRET_GIT_LOGIN_PASSWORD");
    }

    @Test
    void namesCannotLeaveTheFolder() {
        assertThat(failure(new SecretRef("..", "passwd")).reason()).isEqualTo("SecretNameInvalid");
        assertThat(failure(new SecretRef("a", "../b")).reason()).isEqualTo("SecretNameInvalid");
    }

    private void write(String permissions) throws Exception {
        Path file = Files.createDirectories(folder.resolve("git-login")).resolve("password");
        Files.writeString(file, "from file\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    private PreparationException failure(SecretRef ref) {
        return catchThrowableOfType(PreparationException.class, () -> new LocalSecrets(folder, Map.of()).resolve(ref));
    }
}
