package io.mlengine.plugins.horovod;

import java.util.regex.Pattern;

/** Addresses that only processes of the same machine can reach. */
final class Loopback {
    /** Named so on every Linux. */
    static final String INTERFACE = "lo";

    private static final Pattern ADDRESS = Pattern.compile("localhost|127(\\.\\d{1,3}){3}");

    private Loopback() {}

    static boolean is(String host) {
        return ADDRESS.matcher(host).matches();
    }
}
