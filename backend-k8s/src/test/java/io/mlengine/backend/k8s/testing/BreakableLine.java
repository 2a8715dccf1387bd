package io.mlengine.backend.k8s.testing;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A way to the API server on which every connection can be cut, with requests under way and answers unread, or swallow
 * everything without a word, as when a router between has forgotten it.
 */
public final class BreakableLine implements AutoCloseable {
    private static final int BACKLOG = 200;
    private static final int BUFFER = 8192;

    private final URI server;
    private final ServerSocket door;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Set<Socket> silent = ConcurrentHashMap.newKeySet();
    private final ExecutorService pumps = Executors.newCachedThreadPool();

    private BreakableLine(URI server, ServerSocket door) {
        this.server = server;
        this.door = door;
    }

    /** Opens a way to the API server. */
    public static BreakableLine to(Config config) {
        try {
            ServerSocket door = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
            BreakableLine line = new BreakableLine(URI.create(config.getMasterUrl()), door);
            line.pumps.execute(line::accept);
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How to reach the API server by this way. */
    public Config config(Config direct) {
        return new ConfigBuilder(direct)
                .withMasterUrl("https://127.0.0.1:" + door.getLocalPort())
                .build();
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                open.add(client);
                Socket target = new Socket(server.getHost(), server.getPort());
                open.add(target);
                pumps.execute(() -> pump(client, target));
                pumps.execute(() -> pump(target, client));
            } catch (IOException closedOrServerAway) {
                // The client notices and comes again.
            }
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER];
        try {
            for (int read = from.getInputStream().read(buffer);
                    read >= 0;
                    read = from.getInputStream().read(buffer)) {
                if (!silent.contains(from) && !silent.contains(to)) {
                    to.getOutputStream().write(buffer, 0, read);
                }
            }
        } catch (IOException cut) {
            // So shall the other end be.
        } finally {
            cut(from);
            cut(to);
        }
    }

    /** From now on nothing comes through the connections that are open, and nobody is told; new ones work. */
    public void swallowAll() {
        silent.addAll(open);
    }

    /** Cuts all connections; new ones work. */
    public void cutAll() {
        open.forEach(this::cut);
    }

    private void cut(Socket socket) {
        open.remove(socket);
        silent.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            door.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cutAll();
        pumps.shutdownNow();
    }
}
