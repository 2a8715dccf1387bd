package io.mlengine.backend.local.device;

import io.mlengine.spi.backend.UsageSample;
import io.mlengine.spi.model.Device;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Devices as the program nvidia-smi tells them, for machines on which the library cannot be loaded. */
final class NvidiaSmiDevices implements DeviceInventory {
    // One call takes from tens of milliseconds to seconds and a whole process: samples in between repeat the last one.
    static final long REST_NANOS = 5_000_000_000L;

    private static final Logger LOG = LoggerFactory.getLogger(NvidiaSmiDevices.class);

    private final NvidiaSmi program;
    private final DeviceJudge judge;
    private final LongSupplier nanos;
    private final String whyNotNvml;
    private volatile NvidiaSmiLog last;
    private long lastRead;

    NvidiaSmiDevices(NvidiaSmi program, DeviceJudge judge, LongSupplier nanos, String whyNotNvml) throws IOException {
        this.whyNotNvml = whyNotNvml;
        this.program = program;
        this.judge = judge;
        this.nanos = nanos;
        this.last = read();
        this.lastRead = nanos.getAsLong();
    }

    @Override
    public DeviceReport report() {
        return new DeviceReport(DeviceReport.Source.NVIDIA_SMI, last.driverVersion(), last.cudaVersion(), whyNotNvml);
    }

    @Override
    public List<Device> devices() {
        refresh(0);
        return judge.devices(last.gpus());
    }

    @Override
    public List<UsageSample.Gpu> usage(Collection<String> deviceIds) {
        if (deviceIds.isEmpty()) {
            return List.of();
        }
        refresh(REST_NANOS);
        Set<String> wanted = new TreeSet<>(deviceIds);
        return last.gpus().stream()
                .filter(gpu -> wanted.contains(gpu.uuid()) && gpu.busyPercent().isPresent())
                .map(gpu -> new UsageSample.Gpu(
                        gpu.uuid(), gpu.busyPercent().getAsInt(), gpu.memory().usedBytes()))
                .toList();
    }

    private synchronized void refresh(long restNanos) {
        long now = nanos.getAsLong();
        if (now - lastRead < restNanos) {
            return;
        }
        lastRead = now;
        try {
            last = read();
        } catch (IOException e) {
            // The devices have not gone: the engine would take an empty list for a loss of all of them.
            LOG.warn("nvidia-smi gave no answer, the last one is kept: {}", e.getMessage());
        }
    }

    private NvidiaSmiLog read() throws IOException {
        return NvidiaSmiLog.parse(program.ask("-q", "-x"), program.ask("-L"));
    }
}
