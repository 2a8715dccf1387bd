package io.mlengine.backend.k8s.pod;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.KeyToPathBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.fabric8.kubernetes.api.model.VolumeProjectionBuilder;
import io.mlengine.spi.framework.PlanFile;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;

/**
 * The files of all replicas of an order, each text once however many replicas share it, packed into as few config maps
 * as their limit of 1 MiB allows. Keys and config maps are named by their content, so the same order gives the same.
 */
final class PlanFiles {
    /** Largest text, and most text of one config map; the rest of the 1 MiB is for names. */
    static final int MOST_BYTES = 960 * 1024;

    private static final int BYTES_OF_KEY = 100;
    private static final int EXECUTABLE = 0755;
    private static final int READABLE = 0644;

    private final List<ConfigMap> configMaps;
    private final Map<String, String> homes;

    private PlanFiles(List<ConfigMap> configMaps, Map<String, String> homes) {
        this.configMaps = configMaps;
        this.homes = homes;
    }

    /**
     * Packs texts.
     *
     * @param texts the texts, in any order
     * @param make makes a config map from the digest of its keys and its data
     */
    static PlanFiles pack(Collection<String> texts, BiFunction<String, SortedMap<String, String>, ConfigMap> make) {
        SortedMap<String, String> byKey = new TreeMap<>();
        texts.forEach(text -> byKey.put(key(text), text));
        List<ConfigMap> configMaps = new ArrayList<>();
        Map<String, String> homes = new TreeMap<>();
        SortedMap<String, String> data = new TreeMap<>();
        int bytes = 0;
        for (Map.Entry<String, String> entry : byKey.entrySet()) {
            int more = Digests.bytes(entry.getValue()).length + BYTES_OF_KEY;
            if (!data.isEmpty() && bytes + more > MOST_BYTES) {
                configMaps.add(close(data, make, homes));
                data = new TreeMap<>();
                bytes = 0;
            }
            data.put(entry.getKey(), entry.getValue());
            bytes += more;
        }
        if (!data.isEmpty()) {
            configMaps.add(close(data, make, homes));
        }
        return new PlanFiles(configMaps, homes);
    }

    private static ConfigMap close(
            SortedMap<String, String> data,
            BiFunction<String, SortedMap<String, String>, ConfigMap> make,
            Map<String, String> homes) {
        ConfigMap configMap = make.apply(Digests.of(String.join(",", data.keySet()), 16), data);
        data.keySet().forEach(key -> homes.put(key, configMap.getMetadata().getName()));
        return configMap;
    }

    private static String key(String text) {
        return Digests.of(text, 32);
    }

    List<ConfigMap> configMaps() {
        return configMaps;
    }

    /** A volume that holds these files, each at its path. */
    Volume volume(String name, List<PlanFile> files) {
        SortedMap<String, List<KeyToPath>> items = new TreeMap<>();
        for (PlanFile file : files) {
            String key = key(file.content());
            String home = homes.get(key);
            if (home == null) {
                throw new IllegalArgumentException("a file that was not packed: " + file.path());
            }
            items.computeIfAbsent(home, unused -> new ArrayList<>())
                    .add(new KeyToPathBuilder()
                            .withKey(key)
                            .withPath(path(file))
                            .withMode(file.executable() ? EXECUTABLE : READABLE)
                            .build());
        }
        List<VolumeProjection> sources = items.entrySet().stream()
                .map(entry -> new VolumeProjectionBuilder()
                        .withNewConfigMap()
                        .withName(entry.getKey())
                        .withItems(entry.getValue())
                        .endConfigMap()
                        .build())
                .toList();
        return new VolumeBuilder()
                .withName(name)
                .withNewProjected()
                .withSources(sources)
                .endProjected()
                .build();
    }

    /** The path of a file without empty and single-dot parts, which Kubernetes would refuse. */
    static String path(PlanFile file) {
        return PodFolders.resolve("", file.path()).substring(1);
    }
}
