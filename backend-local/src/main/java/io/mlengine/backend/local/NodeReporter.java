package io.mlengine.backend.local;

import io.mlengine.backend.local.device.DeviceInventory;
import io.mlengine.backend.local.lease.LeaseBook;
import io.mlengine.spi.backend.BackendEvent;
import io.mlengine.spi.error.MLEngineException;
import io.mlengine.spi.model.Device;
import io.mlengine.spi.model.Node;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the engine what this machine has. Devices that other engines hold are shown as theirs, so that a job waits for
 * one instead of being given it and losing an attempt each time.
 */
final class NodeReporter {
    private static final Logger LOG = LoggerFactory.getLogger(NodeReporter.class);

    private final LocalBackendConfig config;
    private final DeviceInventory devices;
    private final LeaseBook leases;
    private final Consumer<BackendEvent> sink;
    private volatile List<Device> found = List.of();
    private List<Device> reported = List.of();

    NodeReporter(LocalBackendConfig config, LocalBackend.Parts parts, Consumer<BackendEvent> sink) {
        this.config = config;
        this.devices = parts.devices();
        this.leases = parts.leases();
        this.sink = sink;
    }

    /** Reads the devices, which may take seconds, and reports them if something changed. */
    void read(boolean always) {
        try {
            found = devices.devices();
        } catch (RuntimeException e) {
            LOG.warn("cannot read the devices cause={}", e.toString());
        }
        report(always);
    }

    /** Looks only at who holds what was found, and reports if that changed. */
    void look() {
        if (!found.isEmpty()) {
            report(false);
        }
    }

    // One at a time, so that an older state cannot overtake a newer one.
    private synchronized void report(boolean always) {
        List<Device> now = withHolders(found);
        if (always || !now.equals(reported)) {
            reported = now;
            sink.accept(new BackendEvent.NodesReported(List.of(Node.builder()
                    .name(config.nodeName())
                    .cpuMillis(config.cpuMillis())
                    .memoryBytes(config.memoryBytes())
                    .devices(now)
                    .build())));
        }
    }

    private List<Device> withHolders(List<Device> all) {
        if (all.isEmpty()) {
            return all;
        }
        Map<String, String> others;
        try {
            others = leases.devicesOfOthers();
        } catch (MLEngineException e) {
            LOG.warn("cannot read the leases cause={}", e.toString());
            return all;
        }
        return all.stream()
                .map(device -> Optional.ofNullable(others.get(device.id()))
                        .map(holder -> foreign(device, holder))
                        .orElse(device))
                .toList();
    }

    private static Device foreign(Device device, String holder) {
        return device.availability() != Device.Availability.AVAILABLE
                ? device
                : Device.builder()
                        .from(device)
                        .availability(Device.Availability.FOREIGN)
                        .detail("leased to " + holder)
                        .build();
    }
}
