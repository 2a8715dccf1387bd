package io.mlengine.backend.local.lease;

import io.mlengine.spi.error.MLEngineException;
import io.mlengine.spi.model.AttemptId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The devices and ports that this engine's attempts hold. Leases count on the whole machine, for all engines and users
 * that share the folder, and end with this process at the latest. Linux only. Safe for use by several threads.
 */
public final class LeaseBook implements AutoCloseable {
    /** A port given back rests this long, so that late packets and listeners of its old owner meet nobody new. */
    static final Duration REST = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(LeaseBook.class);
    // /tmp's mode: everybody may add files, nobody may remove those of others.
    private static final int SHARED_FOLDER_MODE = 01777;
    private static final String DEVICE = "device-";
    private static final String PORT = "port-";

    private final Path folder;
    private final PortRange range;
    private final InstantSource clock;
    private final Map<AttemptId, SortedMap<String, LeaseFile.Held>> held = new LinkedHashMap<>();
    // Any port, because where this family is switched off no port can be bound.
    private final boolean hasIpv6 = canListen(StandardProtocolFamily.INET6, "::", 0);
    private long portsClaimed;
    private boolean isClosed;

    private LeaseBook(Path folder, PortRange range, InstantSource clock) {
        this.folder = folder;
        this.range = range;
        this.clock = clock;
    }

    /** The folder that all engines of this machine share unless told otherwise. */
    public static Path defaultFolder() {
        return Path.of(System.getProperty("java.io.tmpdir", "/tmp"), "mlengine-leases");
    }

    /**
     * Opens the book, making its folder if need be.
     *
     * @throws MLEngineException with {@link LeaseError#LEASE_FOLDER_UNUSABLE}
     */
    public static LeaseBook open(Path folder, PortRange range) {
        return open(folder, range, InstantSource.system());
    }

    static LeaseBook open(Path folder, PortRange range, InstantSource clock) {
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder);
                Files.setAttribute(folder, "unix:mode", SHARED_FOLDER_MODE);
            }
            if (!Files.isWritable(folder)) {
                throw new IOException("not writable");
            }
        } catch (IOException e) {
            throw folderUnusable(folder, e);
        }
        return new LeaseBook(folder, range, clock);
    }

    /**
     * Leases devices, all or none; those that the owner holds already count as leased.
     *
     * @throws LeaseTakenException when another attempt, of this engine or another, holds one of them
     */
    public synchronized void claimDevices(AttemptId owner, Set<String> ids) throws LeaseTakenException {
        requireOpen();
        SortedMap<String, LeaseFile.Held> own = held.computeIfAbsent(owner, key -> new TreeMap<>());
        SortedMap<String, LeaseFile.Held> claimed = new TreeMap<>();
        boolean isComplete = false;
        try {
            // In one order everywhere: two engines that want the same pair cannot each end up with half of it for long.
            for (String id : new TreeSet<>(ids)) {
                String name = DEVICE + fileName(id);
                if (own.containsKey(name)) {
                    continue;
                }
                LeaseFile file = new LeaseFile(folder, name);
                Optional<LeaseFile.Held> lease = file.tryClaim(Holder.self(id, "attempt " + owner));
                if (lease.isEmpty()) {
                    String holder = file.holder().map(Holder::words).orElse("another process");
                    throw new LeaseTakenException(id, holder);
                }
                claimed.put(name, lease.get());
            }
            own.putAll(claimed);
            isComplete = true;
        } catch (IOException e) {
            throw folderUnusable(folder, e);
        } finally {
            if (!isComplete) {
                claimed.values().forEach(LeaseBook::giveBack);
            }
            if (own.isEmpty()) {
                held.remove(owner);
            }
        }
    }

    /**
     * Leases a port that nobody listens on. Every call gives another one.
     *
     * @param owner who holds it
     * @param label what it is for, for people
     * @throws MLEngineException with {@link LeaseError#PORTS_USED_UP} when no port of the range is left
     */
    public synchronized int claimPort(AttemptId owner, String label) {
        requireOpen();
        SortedMap<String, LeaseFile.Held> own = held.computeIfAbsent(owner, key -> new TreeMap<>());
        int leased = 0;
        int resting = 0;
        int listening = 0;
        int start = Math.floorMod(spread(owner, portsClaimed++), range.size());
        try {
            for (int step = 0; step < range.size(); step++) {
                int port = range.first() + (start + step) % range.size();
                String name = PORT + port;
                LeaseFile file = new LeaseFile(folder, name);
                if (clock.instant().isBefore(file.lastChange().plus(REST))) {
                    resting++;
                    continue;
                }
                if (!isFree(port)) {
                    listening++;
                    continue;
                }
                Optional<LeaseFile.Held> lease =
                        file.tryClaim(Holder.self("port " + port, label + " of attempt " + owner));
                if (lease.isPresent()) {
                    own.put(name, lease.get());
                    return port;
                }
                leased++;
            }
        } catch (IOException e) {
            throw folderUnusable(folder, e);
        } finally {
            if (own.isEmpty()) {
                held.remove(owner);
            }
        }
        throw new MLEngineException(
                LeaseError.PORTS_USED_UP,
                "No port of the range is free. Maybe give the engine a larger range of ports.",
                Map.of(
                        "range", range.toString(),
                        "leased", leased,
                        "leased or given back within a minute", resting,
                        "in use by others", listening),
                null);
    }

    /** Gives back everything that an owner holds; nothing happens when it holds nothing. */
    public synchronized void release(AttemptId owner) {
        SortedMap<String, LeaseFile.Held> own = held.remove(owner);
        if (own != null) {
            own.values().forEach(LeaseBook::giveBack);
        }
    }

    /** Everything that is leased on this machine now: resource to holder, for people. */
    public Map<String, String> holders() {
        SortedMap<String, String> holders = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + LeaseFile.HOLDER_SUFFIX)) {
            for (Path file : files) {
                LeaseFile.readHolder(file).ifPresent(holder -> holders.put(holder.resource(), holder.words()));
            }
        } catch (IOException e) {
            throw folderUnusable(folder, e);
        }
        return holders;
    }

    /** Devices that somebody else holds, be it another engine of this process: id to holder, for people. */
    public synchronized Map<String, String> devicesOfOthers() {
        SortedMap<String, String> others = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, DEVICE + "*" + LeaseFile.HOLDER_SUFFIX)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                String lease = name.substring(0, name.length() - LeaseFile.HOLDER_SUFFIX.length());
                if (held.values().stream().noneMatch(own -> own.containsKey(lease))) {
                    LeaseFile.readHolder(file).ifPresent(holder -> others.put(holder.resource(), holder.words()));
                }
            }
        } catch (IOException e) {
            throw folderUnusable(folder, e);
        }
        return others;
    }

    /** Gives everything back. */
    @Override
    public synchronized void close() {
        isClosed = true;
        held.values().forEach(own -> own.values().forEach(LeaseBook::giveBack));
        held.clear();
    }

    private void requireOpen() {
        if (isClosed) {
            throw new IllegalStateException("the lease book is closed");
        }
    }

    private static void giveBack(LeaseFile.Held lease) {
        try {
            lease.release();
        } catch (IOException e) {
            // The lock is gone with its channel in any case; what stays behind is a name in a file.
            LOG.warn("a lease was given back but its file could not be cleared: {}", e.toString());
        }
    }

    // Two engines, and two attempts of one, start their search at different places.
    private static int spread(AttemptId owner, long count) {
        long hash = (owner.toString().hashCode() * 31L + ProcessHandle.current().pid()) * 1_000_003L + count * 7919L;
        return (int) (hash ^ (hash >>> 32));
    }

    private boolean isFree(int port) {
        return canListen(StandardProtocolFamily.INET, "0.0.0.0", port)
                && (!hasIpv6 || canListen(StandardProtocolFamily.INET6, "::", port));
    }

    private static boolean canListen(StandardProtocolFamily family, String address, int port) {
        try (ServerSocketChannel socket = ServerSocketChannel.open(family)) {
            // Java switches this on, and then a port with connections in their last minute would look free.
            socket.setOption(StandardSocketOptions.SO_REUSEADDR, false);
            socket.bind(new InetSocketAddress(InetAddress.getByName(address), port));
            return true;
        } catch (UnsupportedOperationException e) {
            // Java or the machine was told to do without this family.
            return false;
        } catch (IOException e) {
            // In use, or not ours to use: either way this port is of no use.
            return false;
        }
    }

    // A MIG instance of an old driver is called MIG-GPU-<uuid>/1/0.
    private static String fileName(String id) {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            boolean plain = c < 128 && (Character.isLetterOrDigit(c) || c == '-' || c == '.');
            name.append(plain ? String.valueOf(c) : "_" + Integer.toHexString(c) + "_");
        }
        return name.toString();
    }

    private static MLEngineException folderUnusable(Path folder, IOException cause) {
        return new MLEngineException(
                LeaseError.LEASE_FOLDER_UNUSABLE,
                "The folder of the leases cannot be used. Maybe it belongs to another user, or the disk is full.",
                Map.of("folder", folder.toString(), "reason", String.valueOf(cause)),
                cause);
    }
}
