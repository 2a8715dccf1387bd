package io.mlengine.backend.k8s.webhook;

import java.security.GeneralSecurityException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Decides which certificates come next; changes one thing at a time, so that what the API server does not trust yet is
 * never shown to it. A certificate is renewed after two thirds of its life. A new authority joins the old one, and signs
 * only after {@link #SETTLE}, when everybody has had time to trust it.
 */
final class CertificateRotation {
    /** How long a new authority is only published. */
    static final Duration SETTLE = Duration.ofMinutes(5);

    private final CertificateMaker maker;
    private final List<String> hosts;
    private final Duration authorityLife;
    private final Duration serverLife;

    /**
     * Makes a rotation.
     *
     * @param maker makes the certificates
     * @param hosts DNS names and addresses of the server
     * @param authorityLife how long an authority is valid
     * @param serverLife how long a server's certificate is valid
     */
    CertificateRotation(CertificateMaker maker, List<String> hosts, Duration authorityLife, Duration serverLife) {
        this.maker = maker;
        this.hosts = List.copyOf(hosts);
        this.authorityLife = authorityLife;
        this.serverLife = serverLife;
    }

    /**
     * Takes the next step.
     *
     * @param stored what there is, or empty
     * @param now the time
     * @return {@code stored} itself when nothing is to do, else what takes its place
     */
    StoredCertificates next(Optional<StoredCertificates> stored, Instant now) {
        return stored.filter(found -> isValid(found.authorities().get(0), now))
                .map(found -> step(found, now))
                .orElseGet(() -> fresh(now));
    }

    private StoredCertificates fresh(Instant now) {
        KeyIdentity authority = maker.authority(now, authorityLife);
        return new StoredCertificates(
                authority.chain(), authority.key(), maker.server(authority, hosts, now, serverLife));
    }

    private StoredCertificates step(StoredCertificates stored, Instant now) {
        X509Certificate newest = stored.authorities().get(0);
        boolean isSettled = now.isAfter(begin(newest).plus(SETTLE));
        boolean serves = serves(stored, now);
        if (serves && isDue(newest, now)) {
            KeyIdentity authority = maker.authority(now, authorityLife);
            List<X509Certificate> authorities = new ArrayList<>(authority.chain());
            stored.authorities().stream().filter(old -> isValid(old, now)).forEach(authorities::add);
            return new StoredCertificates(authorities, authority.key(), stored.server());
        }
        if (!serves || isSettled && isDue(stored.server().certificate(), now)) {
            return stored.withServer(maker.server(stored.newestAuthority(), hosts, now, serverLife));
        }
        return stored;
    }

    private boolean serves(StoredCertificates stored, Instant now) {
        X509Certificate server = stored.server().certificate();
        return isValid(server, now)
                && names(server).containsAll(hosts)
                && stored.authorities().stream()
                        .anyMatch(authority -> isValid(authority, now) && signed(authority, server));
    }

    private static boolean signed(X509Certificate authority, X509Certificate server) {
        try {
            server.verify(authority.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static Set<String> names(X509Certificate certificate) {
        Set<String> names = new TreeSet<>();
        try {
            Collection<List<?>> found = certificate.getSubjectAlternativeNames();
            if (found != null) {
                found.forEach(name -> names.add(String.valueOf(name.get(1))));
            }
        } catch (CertificateParsingException e) {
            // A certificate that cannot be read serves nobody and is replaced.
            return Set.of();
        }
        return names;
    }

    private static boolean isValid(X509Certificate certificate, Instant now) {
        return now.isBefore(certificate.getNotAfter().toInstant());
    }

    private static boolean isDue(X509Certificate certificate, Instant now) {
        Instant begin = begin(certificate);
        Duration life = Duration.between(begin, certificate.getNotAfter().toInstant());
        return !now.isBefore(begin.plus(life.multipliedBy(2).dividedBy(3)));
    }

    private static Instant begin(X509Certificate certificate) {
        return certificate.getNotBefore().toInstant().plus(CertificateMaker.BACKDATE);
    }
}
