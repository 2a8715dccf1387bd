package io.mlengine.backend.k8s.webhook;

import java.util.Optional;

/** Where the server's identity comes from. Implementations look for changes by themselves until they are closed. */
interface CertificateSource extends AutoCloseable {
    /**
     * Takes the certificates, now and whenever they have changed. Calls come one at a time, from the thread that starts
     * the source and later from a timer's.
     */
    interface Listener {
        /**
         * Certificates to be used from now on.
         *
         * @param identity the server's identity
         * @param bundle what the API server must trust, as PEM; empty when somebody else tells it
         */
        void changed(KeyIdentity identity, Optional<String> bundle);
    }

    @Override
    void close();
}
