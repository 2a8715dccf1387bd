package io.mlengine.backend.k8s.webhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;

/** Whether a certificate and a key belong together: files are replaced one after the other. */
final class KeyPairs {
    private static final byte[] PROBE = "mlengine".getBytes(StandardCharsets.UTF_8);

    private KeyPairs() {}

    /** @throws UnreadableCertificatesException when the key is not the certificate's */
    static void requireMatch(X509Certificate certificate, PrivateKey key, String name) {
        if (!isPair(certificate.getPublicKey(), key)) {
            throw new UnreadableCertificatesException("the key does not belong to " + name, null);
        }
    }

    private static boolean isPair(PublicKey open, PrivateKey key) {
        String algorithm = key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256with" + key.getAlgorithm();
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(open);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
