package io.mlengine.backend.k8s.webhook;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;

/** Certificates and keys as text. */
final class Pem {
    private Pem() {}

    static String of(List<X509Certificate> certificates) {
        return write(new ArrayList<>(certificates));
    }

    static String of(PrivateKey key) {
        try {
            return write(List.of(new JcaPKCS8Generator(key, null)));
        } catch (IOException e) {
            throw new UncheckedIOException("writing a key to memory", e);
        }
    }

    private static String write(List<Object> items) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            for (Object item : items) {
                writer.writeObject(item);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return text.toString();
    }

    /**
     * Reads certificates; anything else in the text is left out.
     *
     * @throws UnreadableCertificatesException when the text is damaged or holds none
     */
    static List<X509Certificate> certificates(String name, String text) {
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            for (Object item : items(text)) {
                if (item instanceof X509CertificateHolder holder) {
                    certificates.add(new JcaX509CertificateConverter().getCertificate(holder));
                }
            }
        } catch (IOException | CertificateException e) {
            throw new UnreadableCertificatesException(name + " is damaged", e);
        }
        if (certificates.isEmpty()) {
            throw new UnreadableCertificatesException(name + " holds no certificate", null);
        }
        return certificates;
    }

    /**
     * Reads a private key in any of the usual forms, without a password.
     *
     * @throws UnreadableCertificatesException when the text is damaged or holds none
     */
    static PrivateKey key(String name, String text) {
        try {
            for (Object item : items(text)) {
                if (item instanceof PEMKeyPair pair) {
                    return new JcaPEMKeyConverter().getPrivateKey(pair.getPrivateKeyInfo());
                }
                if (item instanceof PrivateKeyInfo info) {
                    return new JcaPEMKeyConverter().getPrivateKey(info);
                }
            }
        } catch (IOException e) {
            // The cause may quote what it read.
            throw new UnreadableCertificatesException(name + " is damaged", null);
        }
        throw new UnreadableCertificatesException(name + " holds no private key", null);
    }

    private static List<Object> items(String text) throws IOException {
        List<Object> items = new ArrayList<>();
        try (PEMParser parser = new PEMParser(new StringReader(text))) {
            for (Object item = parser.readObject(); item != null; item = parser.readObject()) {
                items.add(item);
            }
        }
        return items;
    }
}
