package io.mlengine.backend.k8s.webhook;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a TLS server that may change while it runs: a handshake takes the newest, connections that are open keep
 * what they have. All methods may be called from any thread.
 */
final class SwappableKeys extends X509ExtendedKeyManager {
    private volatile Keys keys;

    SwappableKeys(KeyIdentity identity) {
        this.keys = new Keys(1, identity, null);
    }

    /** Takes another identity for the handshakes that begin from now on. */
    synchronized void swap(KeyIdentity identity) {
        keys = new Keys(keys.number + 1, identity, new Keys(keys.number, keys.identity, null));
    }

    /** What the handshakes that begin now are shown. */
    KeyIdentity current() {
        return keys.identity;
    }

    // A handshake asks for the alias, the key and the chain one after the other: the alias says which pair it began
    // with.
    private record Keys(
            int number, KeyIdentity identity, @Nullable Keys before) {
        String alias() {
            return Integer.toString(number);
        }
    }

    private @Nullable KeyIdentity identity(String alias) {
        Keys now = keys;
        if (now.alias().equals(alias)) {
            return now.identity;
        }
        Keys before = now.before;
        return before != null && before.alias().equals(alias) ? before.identity : null;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        Keys now = keys;
        return now.identity.key().getAlgorithm().equals(keyType) ? now.alias() : null;
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return chooseEngineServerAlias(keyType, issuers, null);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        String alias = chooseEngineServerAlias(keyType, issuers, null);
        return alias == null ? null : new String[] {alias};
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        KeyIdentity identity = identity(alias);
        return identity == null ? null : identity.key();
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        KeyIdentity identity = identity(alias);
        return identity == null ? null : identity.chain().toArray(new X509Certificate[0]);
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }
}
