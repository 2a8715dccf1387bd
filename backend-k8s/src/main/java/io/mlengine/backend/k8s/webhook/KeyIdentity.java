package io.mlengine.backend.k8s.webhook;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Who a server is: its certificate, those that vouch for it, and the key.
 *
 * @param key the private key of the first certificate; appears in no text
 * @param chain the server's own certificate first, at least one
 */
record KeyIdentity(PrivateKey key, List<X509Certificate> chain) {
    KeyIdentity {
        chain = List.copyOf(chain);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("no certificate");
        }
    }

    X509Certificate certificate() {
        return chain.get(0);
    }

    @Override
    public String toString() {
        return "KeyIdentity[" + certificate().getSubjectX500Principal() + " until "
                + certificate().getNotAfter().toInstant() + "]";
    }
}
