package io.mlengine.backend.k8s.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.HexFormat;

/**
 * The files by which a control plane and its clients know each other. The API server makes its own certificate, clients
 * trust exactly that one, and the administrator has a token: so no certificate has to be made here.
 */
record Credentials(Path folder) {
    private static final int TOKEN_BYTES = 16;
    private static final int LINE = 64;

    /** Writes all that the control plane reads, for an API server at a port. */
    static Credentials write(Path folder, int apiServerPort) throws IOException {
        Files.createDirectories(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Credentials credentials = new Credentials(folder);
        byte[] random = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(random);
        String token = HexFormat.of().formatHex(random);
        Files.writeString(credentials.tokens(), token + ",admin,admin,system:masters\n");
        Files.writeString(credentials.accountKey(), newKeyPair());
        Files.writeString(credentials.kubeconfig(), """
                        apiVersion: v1
                        kind: Config
                        clusters:
                        - name: test
                          cluster:
                            server: https://127.0.0.1:%d
                            certificate-authority: %s
                        users:
                        - name: admin
                          user:
                            token: %s
                        contexts:
                        - name: test
                          context:
                            cluster: test
                            user: admin
                        current-context: test
                        """.formatted(apiServerPort, credentials.certificate(), token));
        return credentials;
    }

    /** Who has which token, as the API server reads it. */
    Path tokens() {
        return folder.resolve("tokens.csv");
    }

    /** Signs and proves the tokens of service accounts. */
    Path accountKey() {
        return folder.resolve("service-accounts.key");
    }

    /** The API server's certificate, which is its own authority; the server writes it when it starts. */
    Path certificate() {
        return folder.resolve("apiserver.crt");
    }

    /** The last file that the API server writes of its certificate. */
    Path certificateKey() {
        return folder.resolve("apiserver.key");
    }

    /** The administrator's way in. */
    Path kubeconfig() {
        return folder.resolve("admin.kubeconfig");
    }

    private static String newKeyPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            return pem("PRIVATE KEY", pair.getPrivate()) + pem("PUBLIC KEY", pair.getPublic());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(String kind, Key key) {
        String text = Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(key.getEncoded());
        return "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n";
    }
}
