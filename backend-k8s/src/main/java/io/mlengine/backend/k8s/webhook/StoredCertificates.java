package io.mlengine.backend.k8s.webhook;

import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the replicas of the operator share: the authorities that the API server trusts, the key of the newest, and the
 * server's own identity.
 *
 * @param authorities the newest first; older ones stay until they expire, at least one
 * @param authorityKey the key of the newest authority; appears in no text
 * @param server the identity of the webhook's server
 */
record StoredCertificates(List<X509Certificate> authorities, PrivateKey authorityKey, KeyIdentity server) {
    private static final String CA = "ca.crt";
    private static final String CA_KEY = "ca.key";
    // The two names of a Secret of type kubernetes.io/tls.
    private static final String SERVER = "tls.crt";
    private static final String SERVER_KEY = "tls.key";

    StoredCertificates {
        authorities = List.copyOf(authorities);
    }

    KeyIdentity newestAuthority() {
        return new KeyIdentity(authorityKey, List.of(authorities.get(0)));
    }

    /** What the API server must trust. */
    String bundle() {
        return Pem.of(authorities);
    }

    StoredCertificates withServer(KeyIdentity identity) {
        return new StoredCertificates(authorities, authorityKey, identity);
    }

    /** The data of a Secret, in base 64. */
    Map<String, String> data() {
        Map<String, String> data = new TreeMap<>();
        data.put(CA, base64(bundle()));
        data.put(CA_KEY, base64(Pem.of(authorityKey)));
        data.put(SERVER, base64(Pem.of(server.chain())));
        data.put(SERVER_KEY, base64(Pem.of(server.key())));
        return data;
    }

    /**
     * Reads the data of a Secret.
     *
     * @throws UnreadableCertificatesException when anything is missing, damaged, or does not belong together
     */
    static StoredCertificates of(Map<String, String> data) {
        List<X509Certificate> authorities = Pem.certificates(CA, text(data, CA));
        PrivateKey authorityKey = Pem.key(CA_KEY, text(data, CA_KEY));
        List<X509Certificate> chain = Pem.certificates(SERVER, text(data, SERVER));
        PrivateKey serverKey = Pem.key(SERVER_KEY, text(data, SERVER_KEY));
        KeyPairs.requireMatch(authorities.get(0), authorityKey, CA);
        KeyPairs.requireMatch(chain.get(0), serverKey, SERVER);
        return new StoredCertificates(authorities, authorityKey, new KeyIdentity(serverKey, chain));
    }

    private static String text(Map<String, String> data, String name) {
        String value = data.get(name);
        if (value == null) {
            throw new UnreadableCertificatesException(name + " is missing", null);
        }
        try {
            return new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new UnreadableCertificatesException(name + " is damaged", null);
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "StoredCertificates[" + authorities.size() + " authorities, " + server + "]";
    }
}
