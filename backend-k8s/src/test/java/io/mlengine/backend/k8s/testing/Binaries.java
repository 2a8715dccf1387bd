package io.mlengine.backend.k8s.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A folder with the programs of a control plane: etcd and kube-apiserver, and maybe kube-controller-manager. */
record Binaries(Path folder) {
    static final String ETCD = "etcd";
    static final String API_SERVER = "kube-apiserver";
    static final String CONTROLLERS = "kube-controller-manager";

    /** The folder that is named, and no other; else the first that has what is needed: our cache, where envtest keeps them. */
    static Optional<Binaries> find(Map<String, String> environment) {
        return folders(environment)
                .map(Binaries::new)
                .filter(binaries -> binaries.has(ETCD) && binaries.has(API_SERVER))
                .findFirst();
    }

    private static Stream<Path> folders(Map<String, String> environment) {
        String named = environment.getOrDefault("KUBEBUILDER_ASSETS", "");
        if (!named.isEmpty()) {
            return Stream.of(Path.of(named));
        }
        Path home = Path.of(environment.getOrDefault("HOME", ""));
        Path cache = Optional.ofNullable(environment.get("XDG_CACHE_HOME"))
                .map(Path::of)
                .orElse(home.resolve(".cache"));
        return Stream.of(cache.resolve("mlengine/k8s"), Path.of("/usr/local/kubebuilder/bin"));
    }

    boolean has(String program) {
        return Files.isExecutable(folder.resolve(program));
    }

    boolean hasControllers() {
        return has(CONTROLLERS);
    }

    String path(String program) {
        return folder.resolve(program).toString();
    }
}
