package io.mlengine.backend.local.lease;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The ports that may be leased.
 *
 * @param first the least
 * @param last the largest, included
 */
public record PortRange(int first, int last) {
    /** Below the ephemeral ports of a usual Linux and below Kubernetes' node ports. */
    public static final PortRange DEFAULT = new PortRange(20_000, 29_999);

    private static final int LEAST = 1024;
    private static final int MOST = 65_535;

    /** Checks the bounds. */
    public PortRange {
        if (first < 1 || last > MOST || first > last) {
            throw new IllegalArgumentException("not a range of ports: " + first + " to " + last);
        }
    }

    /** Number of ports. */
    public int size() {
        return last - first + 1;
    }

    /**
     * The default, or where this machine hands such ports to outgoing connections, the largest range that it does not.
     */
    public static PortRange ofThisMachine() {
        return outside(Path.of("/proc/sys/net/ipv4/ip_local_port_range"));
    }

    static PortRange outside(Path ephemeralRange) {
        try {
            String[] bounds = Files.readString(ephemeralRange).strip().split("\\s+");
            int ephemeralFirst = Integer.parseInt(bounds[0]);
            int ephemeralLast = Integer.parseInt(bounds[1]);
            if (ephemeralLast < DEFAULT.first || ephemeralFirst > DEFAULT.last) {
                return DEFAULT;
            }
            int below = ephemeralFirst - LEAST;
            int above = MOST - ephemeralLast;
            if (Math.max(below, above) <= 0) {
                return DEFAULT;
            }
            return below >= above ? new PortRange(LEAST, ephemeralFirst - 1) : new PortRange(ephemeralLast + 1, MOST);
        } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
            // Nothing is known about this machine, so the usual range is as good as any.
            return DEFAULT;
        }
    }

    @Override
    public String toString() {
        return first + "-" + last;
    }
}
