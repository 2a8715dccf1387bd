package io.mlengine.backend.local.device;

import io.mlengine.spi.model.Device;
import io.mlengine.spi.model.Device.Availability;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongFunction;

/** Says of each device that was read whether it may be handed out: the same rules for every source. */
final class DeviceJudge {
    private static final int OCCUPANTS_NAMED = 3;

    private final DeviceSettings settings;
    private final LongFunction<String> commandOf;

    DeviceJudge(DeviceSettings settings, LongFunction<String> commandOf) {
        this.settings = settings;
        this.commandOf = commandOf;
    }

    static DeviceJudge of(DeviceSettings settings) {
        return new DeviceJudge(settings, DeviceJudge::commandFromProcessTable);
    }

    List<Device> devices(List<GpuReading> readings) {
        List<Device> devices = new ArrayList<>();
        readings.stream()
                .sorted(Comparator.comparingInt(GpuReading::index).thenComparing(GpuReading::uuid))
                .forEach(reading -> {
                    devices.add(whole(reading));
                    reading.instances().forEach(instance -> devices.add(instance(reading, instance)));
                });
        return List.copyOf(devices);
    }

    private Device whole(GpuReading reading) {
        Device.Builder device = new Device.Builder();
        device.id(reading.uuid())
                .index(reading.index())
                .model(reading.model())
                .memoryBytes(reading.memory().totalBytes());
        if (!reading.fault().isEmpty()) {
            device.availability(Availability.UNUSABLE).detail(reading.fault());
        } else if (reading.isMig()) {
            device.availability(Availability.UNUSABLE)
                    .detail(
                            reading.instances().isEmpty()
                                    ? "in MIG mode without instances"
                                    : "in MIG mode; its instances can be used");
        } else {
            judge(device, reading.processes());
        }
        return device.build();
    }

    private Device instance(GpuReading parent, GpuReading.Instance instance) {
        Device.Builder device = new Device.Builder();
        device.id(instance.uuid())
                .index(parent.index())
                .model(parent.model())
                .memoryBytes(instance.memory().totalBytes())
                .migProfile(instance.profile())
                .parent(parent.uuid());
        if (parent.fault().isEmpty()) {
            judge(device, instance.processes());
        } else {
            device.availability(Availability.UNUSABLE).detail(parent.fault());
        }
        return device.build();
    }

    private void judge(Device.Builder device, List<GpuReading.Occupant> processes) {
        List<GpuReading.Occupant> foreign = processes.stream()
                .filter(occupant -> !settings.ours().test(occupant.pid()))
                .toList();
        if (foreign.isEmpty() || settings.ignoreForeign()) {
            return;
        }
        List<String> names = new ArrayList<>();
        for (GpuReading.Occupant occupant : foreign.subList(0, Math.min(OCCUPANTS_NAMED, foreign.size()))) {
            String command = occupant.command().isEmpty() ? commandOf.apply(occupant.pid()) : occupant.command();
            names.add("process " + occupant.pid() + (command.isEmpty() ? "" : " (" + command + ")"));
        }
        int more = foreign.size() - names.size();
        device.availability(Availability.FOREIGN)
                .detail("in use by " + String.join(", ", names) + (more == 0 ? "" : " and " + more + " more"));
    }

    // Inside a container the driver may tell pids of the host: those have no entry in this process table.
    private static String commandFromProcessTable(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().command())
                .orElse("");
    }
}
