package io.mlengine.backend.k8s.webhook;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes certificate authorities and the server certificates that they sign: ECDSA on P-256. */
final class CertificateMaker {
    /** Certificates begin this long ago, because the API server's clock may be behind. */
    static final Duration BACKDATE = Duration.ofHours(1);

    private static final Pattern IP = Pattern.compile("[0-9.]+|.*:.*");

    private final SecureRandom random;

    CertificateMaker(SecureRandom random) {
        this.random = random;
    }

    KeyIdentity authority(Instant now, Duration life) {
        KeyPair pair = pair();
        BigInteger serial = serial();
        // Two authorities of one name could not be told apart while they overlap.
        X500Name name = new X500Name("O=mlengine,CN=mlengine-webhook-ca-" + serial.toString(16));
        Date from = Date.from(now.minus(BACKDATE));
        X509v3CertificateBuilder builder =
                new JcaX509v3CertificateBuilder(name, serial, from, Date.from(now.plus(life)), name, pair.getPublic());
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            keyIds(builder, pair.getPublic(), pair.getPublic());
        } catch (CertIOException | GeneralSecurityException e) {
            throw new IllegalStateException("the JDK cannot make a certificate", e);
        }
        return new KeyIdentity(pair.getPrivate(), List.of(signed(builder, pair.getPrivate())));
    }

    KeyIdentity server(KeyIdentity authority, List<String> hosts, Instant now, Duration life) {
        KeyPair pair = pair();
        X509Certificate issuer = authority.certificate();
        Date from = Date.from(now.minus(BACKDATE));
        Instant end = now.plus(life);
        Instant last = issuer.getNotAfter().toInstant();
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                issuer,
                serial(),
                from,
                Date.from(end.isBefore(last) ? end : last),
                new javax.security.auth.x500.X500Principal("O=mlengine,CN=mlengine-webhook"),
                pair.getPublic());
        GeneralName[] names = hosts.stream()
                .map(host ->
                        new GeneralName(IP.matcher(host).matches() ? GeneralName.iPAddress : GeneralName.dNSName, host))
                .toArray(GeneralName[]::new);
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                    .addExtension(
                            Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
                    .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
            keyIds(builder, pair.getPublic(), issuer.getPublicKey());
        } catch (CertIOException | GeneralSecurityException e) {
            throw new IllegalStateException("the JDK cannot make a certificate", e);
        }
        return new KeyIdentity(pair.getPrivate(), List.of(signed(builder, authority.key())));
    }

    private static void keyIds(X509v3CertificateBuilder builder, PublicKey own, PublicKey issuer)
            throws CertIOException, GeneralSecurityException {
        JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
        builder.addExtension(Extension.subjectKeyIdentifier, false, ids.createSubjectKeyIdentifier(own));
        builder.addExtension(Extension.authorityKeyIdentifier, false, ids.createAuthorityKeyIdentifier(issuer));
    }

    private X509Certificate signed(X509v3CertificateBuilder builder, PrivateKey key) {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA")
                            .setSecureRandom(random)
                            .build(key)));
        } catch (OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException("the JDK cannot sign a certificate", e);
        }
    }

    private KeyPair pair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK has no P-256", e);
        }
    }

    private BigInteger serial() {
        return new BigInteger(120, random).setBit(119);
    }
}
