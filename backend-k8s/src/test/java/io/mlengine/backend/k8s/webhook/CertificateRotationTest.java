package io.mlengine.backend.k8s.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CertificateRotationTest {
    private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");
    private static final Duration AUTHORITY = Duration.ofDays(90);
    private static final Duration SERVER = Duration.ofDays(9);
    private static final List<String> HOSTS = List.of("mlengine-webhook.mlengine.svc", "127.0.0.1");

    private final CertificateMaker maker = new CertificateMaker(new SecureRandom());
    private final CertificateRotation rotation = new CertificateRotation(maker, HOSTS, AUTHORITY, SERVER);
    private final StoredCertificates first = rotation.next(Optional.empty(), START);

    @Test
    void theFirstAreAnAuthorityAndAServerOfTheRightNames() throws Exception {
        X509Certificate server = first.server().certificate();

        server.verify(first.authorities().get(0).getPublicKey());
        assertThat(server.getSubjectAlternativeNames())
                .extracting(name -> (Object) name.get(1))
                .isEqualTo(HOSTS);
        assertThat(server.getNotBefore().toInstant()).isBefore(START);
        assertThat(first.authorities().get(0).getBasicConstraints()).isZero();
        assertThat(server.getBasicConstraints()).isNegative();
    }

    @Test
    void nothingChangesBeforeTwoThirdsOfTheLife() {
        assertThat(next(first, START)).isSameAs(first);
        assertThat(next(first, START.plus(Duration.ofDays(6)).minusSeconds(1))).isSameAs(first);
    }

    @Test
    void theServerIsRenewedAfterTwoThirdsByTheSameAuthority() throws Exception {
        StoredCertificates renewed = next(first, START.plus(Duration.ofDays(6)));

        assertThat(renewed.authorities()).isEqualTo(first.authorities());
        assertThat(renewed.server()).isNotEqualTo(first.server());
        renewed.server().certificate().verify(first.authorities().get(0).getPublicKey());
    }

    @Test
    void aNewAuthorityJoinsAndSignsOnlyOnceItIsSettled() throws Exception {
        Instant due = START.plus(Duration.ofDays(60));
        StoredCertificates held = next(first, due.minus(Duration.ofDays(3)));
        StoredCertificates joined = next(held, due);

        assertThat(joined.authorities()).hasSize(2).endsWith(first.authorities().get(0));
        assertThat(joined.server()).isEqualTo(held.server());

        Instant later = due.plus(Duration.ofDays(3));
        StoredCertificates renewed = next(joined, later);
        renewed.server().certificate().verify(joined.authorities().get(0).getPublicKey());
        assertThat(renewed.bundle()).isEqualTo(joined.bundle());
        assertThat(next(renewed, later)).isSameAs(renewed);
    }

    @Test
    void whenBothAreDueTheNewAuthorityIsOnlyPublishedForSomeMinutes() {
        Instant due = START.plus(Duration.ofDays(60));
        CertificateRotation slow = rotationOf(Duration.ofDays(88));
        StoredCertificates start = slow.next(Optional.empty(), START);

        StoredCertificates joined = slow.next(Optional.of(start), due);

        assertThat(joined.authorities()).hasSize(2);
        assertThat(slow.next(Optional.of(joined), due.plus(CertificateRotation.SETTLE)))
                .isSameAs(joined);
        StoredCertificates renewed = slow.next(
                Optional.of(joined), due.plus(CertificateRotation.SETTLE).plusSeconds(1));
        assertThat(isSignedBy(
                        renewed.server().certificate(), joined.authorities().subList(0, 1)))
                .isTrue();
    }

    private CertificateRotation rotationOf(Duration serverLife) {
        return new CertificateRotation(maker, HOSTS, AUTHORITY, serverLife);
    }

    @Test
    void whatIsShownWasTrustedBefore() {
        StoredCertificates held = first;
        List<StoredCertificates> steps = new ArrayList<>();
        for (Instant now = START; now.isBefore(START.plus(Duration.ofDays(400))); now = now.plus(Duration.ofHours(7))) {
            StoredCertificates next = next(held, now);
            if (next != held) {
                steps.add(next);
                assertThat(isSignedBy(next.server().certificate(), held.authorities()))
                        .isTrue();
                assertThat(next.authorities()).containsAnyElementsOf(held.authorities());
            }
            held = next;
        }
        assertThat(steps).hasSizeGreaterThan(60);
        assertThat(steps).allSatisfy(step -> assertThat(step.authorities()).hasSizeLessThanOrEqualTo(2));
    }

    @Test
    void otherNamesNeedAnotherCertificateAtOnce() throws Exception {
        CertificateRotation other = new CertificateRotation(maker, List.of("10.0.0.7"), AUTHORITY, SERVER);

        StoredCertificates renewed = other.next(Optional.of(first), START.plusSeconds(1));

        assertThat(renewed.authorities()).isEqualTo(first.authorities());
        assertThat(renewed.server().certificate().getSubjectAlternativeNames()).hasSize(1);
    }

    @Test
    void whatHasExpiredIsMadeAnew() {
        StoredCertificates renewed = next(first, START.plus(Duration.ofDays(91)));

        assertThat(renewed.authorities()).hasSize(1).doesNotContainAnyElementsOf(first.authorities());
    }

    @Test
    void aServersCertificateEndsNotAfterItsAuthority() {
        CertificateRotation odd = new CertificateRotation(maker, HOSTS, Duration.ofDays(2), SERVER);
        StoredCertificates made = odd.next(Optional.empty(), START);

        assertThat(made.server().certificate().getNotAfter())
                .isEqualTo(made.authorities().get(0).getNotAfter());
    }

    private StoredCertificates next(StoredCertificates stored, Instant now) {
        return rotation.next(Optional.of(stored), now);
    }

    private static boolean isSignedBy(X509Certificate certificate, List<X509Certificate> authorities) {
        return authorities.stream().anyMatch(authority -> {
            try {
                certificate.verify(authority.getPublicKey());
                return true;
            } catch (java.security.GeneralSecurityException e) {
                return false;
            }
        });
    }
}
