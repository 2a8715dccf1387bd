package io.mlengine.backend.local;

import com.sun.management.OperatingSystemMXBean;
import io.mlengine.backend.local.lease.LeaseBook;
import io.mlengine.backend.local.lease.PortRange;
import io.mlengine.backend.local.prepare.LocalFolders;
import io.mlengine.spi.model.ModelStyle;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.immutables.value.Value;

/** How the local backend works. Every value has a default that suits a single user's machine. */
@ModelStyle
@Value.Immutable
public interface LocalBackendConfig {
    /**
     * The folders for jobs, caches and secrets.
     *
     * @return the user's own, by the XDG rules, by default
     */
    default @Value.Default LocalFolders folders() {
        return LocalFolders.of(System.getenv(), Path.of(System.getProperty("user.home", "/")));
    }

    /**
     * The folder through which all engines of this machine agree on devices and ports.
     *
     * @return one folder a machine by default
     */
    default @Value.Default Path leaseFolder() {
        return LeaseBook.defaultFolder();
    }

    /**
     * Name of this machine in placements.
     *
     * @return {@code local} by default
     */
    default @Value.Default String nodeName() {
        return "local";
    }

    /**
     * CPU time that jobs may use in all, in thousandths of a core.
     *
     * @return what the process may use, control groups included, by default
     */
    default @Value.Default long cpuMillis() {
        return Runtime.getRuntime().availableProcessors() * 1000L;
    }

    /**
     * Memory that jobs may use in all.
     *
     * @return what the process may use, control groups included, by default
     */
    default @Value.Default long memoryBytes() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
    }

    /**
     * Number of made-up GPUs instead of the real ones, for trying and for tests.
     *
     * @return 0 by default, for the real ones
     */
    default @Value.Default int fakeGpus() {
        return 0;
    }

    /**
     * Whether a GPU that other people's processes use is handed out all the same.
     *
     * @return false by default
     */
    default @Value.Default boolean sharesForeignGpus() {
        return false;
    }

    /**
     * Size at which a file of output is cut.
     *
     * @return 64 MiB by default
     */
    default @Value.Default long logBytesPerFile() {
        return 64L << 20;
    }

    /**
     * Number of cut files kept beside the current one, for each stream of each replica.
     *
     * @return 3 by default
     */
    default @Value.Default int rotatedLogFiles() {
        return 3;
    }

    /**
     * The ports that may be leased to replicas.
     *
     * @return a range outside the ephemeral ports by default
     */
    default @Value.Default PortRange ports() {
        return PortRange.ofThisMachine();
    }

    /**
     * Time between two samples of what a replica uses.
     *
     * @return five seconds by default
     */
    default @Value.Default Duration sampleInterval() {
        return Duration.ofSeconds(5);
    }

    /**
     * Number of attempts whose code and environment are prepared at the same time.
     *
     * @return 4 by default
     */
    default @Value.Default int preparations() {
        return 4;
    }

    /**
     * How long a Python environment that no job uses stays in the cache.
     *
     * @return 30 days by default
     */
    default @Value.Default Duration environmentAge() {
        return Duration.ofDays(30);
    }

    /**
     * Bytes that Python environments may take in the cache; beyond, those that were not used for longest are removed.
     *
     * @return 50 GB by default
     */
    default @Value.Default long environmentBytes() {
        return 50_000_000_000L;
    }

    /**
     * Variables of the engine's own environment that replicas get; nothing else of it is handed on, except PATH.
     *
     * @return who and where one is, proxies and certificates by default
     */
    default @Value.Default List<String> passedVariables() {
        return List.of(
                "HOME",
                "USER",
                "LOGNAME",
                "LANG",
                "LC_ALL",
                "LC_CTYPE",
                "TZ",
                "TMPDIR",
                "LD_LIBRARY_PATH",
                "HTTP_PROXY",
                "HTTPS_PROXY",
                "NO_PROXY",
                "http_proxy",
                "https_proxy",
                "no_proxy",
                "SSL_CERT_FILE",
                "SSL_CERT_DIR",
                "REQUESTS_CA_BUNDLE",
                "CURL_CA_BUNDLE");
    }

    /**
     * Whether replicas are stopped when the Java process ends in an orderly way without {@link LocalBackend#close()}.
     *
     * @return true by default
     */
    default @Value.Default boolean stopsOnShutdown() {
        return true;
    }

    /**
     * Time between TERM and KILL when the backend is closed.
     *
     * @return ten seconds by default
     */
    default @Value.Default Duration closeGrace() {
        return Duration.ofSeconds(10);
    }

    /**
     * A POSIX shell.
     *
     * @return {@code /bin/sh} by default
     */
    default @Value.Default String shell() {
        return "/bin/sh";
    }

    /**
     * Starts a configuration.
     *
     * @return a builder with all defaults
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link LocalBackendConfig}. */
    final class Builder extends ImmutableLocalBackendConfig.Builder {}
}
