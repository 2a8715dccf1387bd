package io.mlengine.backend.local.device;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/**
 * Reads the two answers of {@code nvidia-smi} that together say everything: {@code -q -x}, which knows memory,
 * processes and modes, and {@code -L}, the only one that knows profile and UUID of a MIG instance.
 *
 * @param driverVersion version of the driver
 * @param cudaVersion newest CUDA it can run
 * @param gpus the GPUs
 */
record NvidiaSmiLog(String driverVersion, String cudaVersion, List<GpuReading> gpus) {
    private static final Pattern GPU_LINE = Pattern.compile("GPU (\\d+): .*\\(UUID: ([^)]+)\\)");
    private static final Pattern MIG_LINE = Pattern.compile("\\s+MIG (\\S+)\\s+Device\\s+(\\d+): \\(UUID: ([^)]+)\\)");
    private static final Pattern AMOUNT = Pattern.compile("(\\d+)\\s*(MiB|GiB|KiB|%)?");

    /**
     * Reads both answers.
     *
     * @throws IOException when the first is not what nvidia-smi writes
     */
    static NvidiaSmiLog parse(String xml, String listing) throws IOException {
        Element root = document(xml).getDocumentElement();
        Listing list = Listing.parse(listing);
        List<GpuReading> gpus = new ArrayList<>();
        for (Element gpu : children(root, "gpu")) {
            gpus.add(reading(gpu, gpus.size(), list));
        }
        return new NvidiaSmiLog(known(text(root, "driver_version")), known(text(root, "cuda_version")), gpus);
    }

    private static Document document(String xml) throws IOException {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            // The answer names a DTD that exists nowhere.
            factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
            factory.setFeature("http://xml.org/sax/features/external-general-entities", false);
            DocumentBuilder builder = factory.newDocumentBuilder();
            builder.setErrorHandler(null);
            return builder.parse(new InputSource(new StringReader(xml.strip())));
        } catch (SAXException e) {
            throw new IOException("nvidia-smi -q -x gave no readable XML: " + e.getMessage(), e);
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("the JDK's XML parser lacks a feature it has always had", e);
        }
    }

    private static GpuReading reading(Element gpu, int position, Listing listing) {
        String uuid = known(text(gpu, "uuid"));
        String model = known(text(gpu, "product_name"));
        int index = listing.indexes().getOrDefault(uuid, position);
        if (uuid.isEmpty() || isFault(text(gpu, "uuid")) || isFault(text(gpu, "fb_memory_usage", "total"))) {
            String fault = "nvidia-smi reports an error for it (" + gpu.getAttribute("id") + ")";
            return GpuReading.broken(
                    uuid.isEmpty() ? "GPU-" + index : uuid, index, model.isEmpty() ? "unknown GPU" : model, fault);
        }
        boolean isMig = text(gpu, "mig_mode", "current_mig").equals("Enabled");
        List<Process> processes = processes(gpu);
        List<GpuReading.Instance> instances = new ArrayList<>();
        for (Element instance : isMig ? children(gpu, "mig_devices", "mig_device") : List.<Element>of()) {
            Listing.Instance named = listing.instances().get(uuid + "#" + text(instance, "index"));
            if (named == null) {
                // Without its UUID nothing can be run on it.
                continue;
            }
            String gpuInstance = text(instance, "gpu_instance_id");
            String computeInstance = text(instance, "compute_instance_id");
            instances.add(new GpuReading.Instance(
                    named.uuid(),
                    named.profile(),
                    memory(instance),
                    processes.stream()
                            .filter(process -> process.gpuInstance().equals(gpuInstance)
                                    && process.computeInstance().equals(computeInstance))
                            .map(Process::occupant)
                            .toList()));
        }
        return new GpuReading(
                uuid,
                index,
                model,
                memory(gpu),
                percent(text(gpu, "utilization", "gpu_util")),
                isMig,
                instances,
                isMig ? List.of() : processes.stream().map(Process::occupant).toList(),
                "");
    }

    private record Process(GpuReading.Occupant occupant, String gpuInstance, String computeInstance) {}

    private static List<Process> processes(Element gpu) {
        List<Process> processes = new ArrayList<>();
        for (Element info : children(gpu, "processes", "process_info")) {
            String pid = text(info, "pid");
            // "G" draws on the screen: a desktop does not make a GPU foreign, computing ("C", "C+G", "M+C") does.
            if (pid.matches("\\d+") && text(info, "type").contains("C")) {
                processes.add(new Process(
                        new GpuReading.Occupant(Long.parseLong(pid), known(text(info, "process_name"))),
                        text(info, "gpu_instance_id"),
                        text(info, "compute_instance_id")));
            }
        }
        return processes;
    }

    private static GpuReading.Memory memory(Element device) {
        return new GpuReading.Memory(
                bytes(text(device, "fb_memory_usage", "total")), bytes(text(device, "fb_memory_usage", "used")));
    }

    private static boolean isFault(String value) {
        return value.contains("ERR!") || value.contains("lost") || value.contains("Unknown Error");
    }

    private static String known(String value) {
        return isFault(value) || value.equals("N/A") || value.equals("[N/A]") ? "" : value;
    }

    private static long bytes(String value) {
        Matcher amount = AMOUNT.matcher(value);
        if (!amount.matches() || amount.group(2) == null) {
            return 0;
        }
        long number = Long.parseLong(amount.group(1));
        return switch (amount.group(2)) {
            case "KiB" -> number << 10;
            case "MiB" -> number << 20;
            case "GiB" -> number << 30;
            default -> 0;
        };
    }

    private static OptionalInt percent(String value) {
        Matcher amount = AMOUNT.matcher(value);
        return amount.matches() && "%".equals(amount.group(2))
                ? OptionalInt.of(Math.min(100, Integer.parseInt(amount.group(1))))
                : OptionalInt.empty();
    }

    private static String text(Element parent, String... path) {
        List<Element> found = children(parent, path);
        return found.isEmpty() ? "" : found.get(0).getTextContent().strip();
    }

    // Only direct children: names such as "total" and "uuid" occur at several depths.
    private static List<Element> children(Element parent, String... path) {
        List<Element> level = List.of(parent);
        for (String name : path) {
            List<Element> next = new ArrayList<>();
            for (Element element : level) {
                for (Node node = element.getFirstChild(); node != null; node = node.getNextSibling()) {
                    if (node instanceof Element child && child.getTagName().equals(name)) {
                        next.add(child);
                    }
                }
            }
            level = next;
        }
        return level;
    }

    /** What {@code nvidia-smi -L} says: index by GPU UUID, and instances by {@code <GPU UUID>#<device>}. */
    private record Listing(Map<String, Integer> indexes, Map<String, Instance> instances) {
        private record Instance(String uuid, String profile) {}

        static Listing parse(String text) {
            Map<String, Integer> indexes = new TreeMap<>();
            Map<String, Instance> instances = new TreeMap<>();
            String gpu = "";
            for (String line : text.lines().toList()) {
                Matcher whole = GPU_LINE.matcher(line);
                Matcher instance = MIG_LINE.matcher(line);
                if (whole.matches()) {
                    gpu = whole.group(2);
                    indexes.put(gpu, Integer.valueOf(whole.group(1)));
                } else if (instance.matches()) {
                    instances.put(gpu + "#" + instance.group(2), new Instance(instance.group(3), instance.group(1)));
                }
            }
            return new Listing(indexes, instances);
        }
    }
}
