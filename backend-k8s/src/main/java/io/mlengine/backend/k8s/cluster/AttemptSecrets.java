package io.mlengine.backend.k8s.cluster;

import java.util.Base64;
import java.util.random.RandomGenerator;

/** Makes what the replicas of an attempt know each other by. */
final class AttemptSecrets {
    private static final int BYTES = 32;

    private final RandomGenerator random;

    /** Takes a source of strong randomness. */
    AttemptSecrets(RandomGenerator random) {
        this.random = random;
    }

    /** 256 bits as text without special characters. */
    String next() {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
