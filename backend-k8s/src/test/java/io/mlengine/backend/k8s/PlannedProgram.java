package io.mlengine.backend.k8s;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** What a program in a pod's main container would find: its words, variables and files, as a kubelet makes them. */
final class PlannedProgram {
    private final KubernetesClient client;
    private final Pod pod;
    private final Container main;
    private final Map<String, String> variables = new TreeMap<>();

    PlannedProgram(KubernetesClient client, Pod pod) {
        this.client = client;
        this.pod = pod;
        this.main = pod.getSpec().getContainers().get(0);
        for (EnvVar variable : main.getEnv()) {
            variables.put(variable.getName(), value(variable));
        }
    }

    private String value(EnvVar variable) {
        if (variable.getValueFrom() == null || variable.getValueFrom().getSecretKeyRef() == null) {
            return expand(variable.getValue() == null ? "" : variable.getValue());
        }
        String encoded = client.secrets()
                .inNamespace(pod.getMetadata().getNamespace())
                .withName(variable.getValueFrom().getSecretKeyRef().getName())
                .get()
                .getData()
                .get(variable.getValueFrom().getSecretKeyRef().getKey());
        return new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
    }

    private String expand(String text) {
        String expanded = text;
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            expanded = expanded.replace("$(" + variable.getKey() + ")", variable.getValue());
        }
        return expanded.replace("$$", "$");
    }

    List<String> words() {
        List<String> words = new ArrayList<>(main.getCommand());
        words.addAll(main.getArgs());
        return words.stream().map(this::expand).toList();
    }

    String variable(String name) {
        return variables.getOrDefault(name, "");
    }

    /** The text of a file that a volume brings. */
    String file(String path) {
        // Mounts may lie inside of each other, and be of one file.
        VolumeMount mount = main.getVolumeMounts().stream()
                .filter(candidate -> (path + "/").startsWith(candidate.getMountPath() + "/"))
                .max(Comparator.comparingInt(
                        candidate -> candidate.getMountPath().length()))
                .orElseThrow(() -> new AssertionError("no volume at " + path));
        String inside = mount.getSubPath() == null ? "" : mount.getSubPath();
        String rest = inside + path.substring(mount.getMountPath().length());
        return file(mount, rest.startsWith("/") ? rest.substring(1) : rest);
    }

    private String file(VolumeMount mount, String path) {
        Volume volume = pod.getSpec().getVolumes().stream()
                .filter(candidate -> candidate.getName().equals(mount.getName()))
                .findFirst()
                .orElseThrow();
        for (VolumeProjection source : volume.getProjected().getSources()) {
            for (KeyToPath item : source.getConfigMap().getItems()) {
                if (item.getPath().equals(path)) {
                    ConfigMap configMap = client.configMaps()
                            .inNamespace(pod.getMetadata().getNamespace())
                            .withName(source.getConfigMap().getName())
                            .get();
                    return Objects.requireNonNull(configMap.getData().get(item.getKey()));
                }
            }
        }
        throw new AssertionError("no file " + path + " in " + volume);
    }
}
