package io.mlengine.cli.command;

import io.mlengine.cli.host.DeviceFindings;
import io.mlengine.cli.host.Host;
import io.mlengine.cli.output.ExitCode;
import io.mlengine.cli.output.Figures;
import io.mlengine.cli.output.JsonDocuments;
import io.mlengine.cli.terminal.Style;
import io.mlengine.cli.view.Lines;
import io.mlengine.spi.model.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows the devices of this machine. */
@Command(
        name = "devices",
        description = "Show the GPUs of this machine and whether jobs can get them.",
        footer = {"", "Examples:", "  mlengine devices", "  mlengine devices -o json"})
public final class DevicesCommand extends EngineCommand {
    @Option(names = "--fake-gpus", paramLabel = "N", defaultValue = "0", description = "Show N made-up GPUs instead.")
    int fakeGpus;

    /** The command on a host. */
    public DevicesCommand(Host host) {
        super(host);
    }

    @Override
    ExitCode run() {
        refuseIds();
        DeviceFindings findings = host.installation().devices(Math.max(0, fakeGpus));
        if (form().isMachine()) {
            List<Map<String, Object>> items =
                    findings.devices().stream().map(DevicesCommand::json).toList();
            if (form().name().equals("JSONL")) {
                items.forEach(this::print);
            } else {
                Map<String, Object> document = JsonDocuments.list("DeviceList", items);
                document.put("source", findings.source());
                document.put("cpuMillis", findings.cpuMillis());
                document.put("memoryBytes", findings.memoryBytes());
                print(document);
            }
            return ExitCode.OK;
        }
        Style style = style();
        if (!findings.devices().isEmpty()) {
            List<List<String>> rows = new ArrayList<>();
            rows.add(List.of("#", "DEVICE", "MODEL", "MEMORY", "STATE", "WHY"));
            for (Device device : findings.devices()) {
                rows.add(List.of(
                        Integer.toString(device.index()),
                        device.id(),
                        device.model()
                                + device.migProfile()
                                        .map(profile -> " " + profile)
                                        .orElse(""),
                        device.memoryBytes() == 0 ? "unknown" : Figures.bytes(device.memoryBytes()),
                        state(device, style),
                        device.detail()));
            }
            print(Lines.table(rows, style));
        }
        print(Figures.count(findings.devices().size(), "GPU") + ": " + findings.source());
        print(Figures.cores(findings.cpuMillis()) + " cores, " + Figures.bytes(findings.memoryBytes()) + " of memory");
        return ExitCode.OK;
    }

    private static String state(Device device, Style style) {
        return switch (device.availability()) {
            case AVAILABLE -> style.green("available");
            case FOREIGN -> style.yellow("in use by others");
            case UNUSABLE -> style.red("unusable");
        };
    }

    private static Map<String, Object> json(Device device) {
        Map<String, Object> document = JsonDocuments.document("Device");
        document.put("id", device.id());
        document.put("index", device.index());
        document.put("model", device.model());
        document.put("memoryBytes", device.memoryBytes());
        device.migProfile().ifPresent(profile -> document.put("migProfile", profile));
        device.parent().ifPresent(parent -> document.put("parent", parent));
        document.put("availability", device.availability().name().toLowerCase(Locale.ROOT));
        document.put("detail", device.detail());
        return document;
    }
}
