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

    /** The first folder that has what is needed: the one that is named, our cache, where envtest keeps them. */
    static Optional<Binaries> find(Map<String, String> environment) {
        Path home = Path.of(environment.getOrDefault("HOME", ""));
        Path cache = Optional.ofNullable(environment.get("XDG_CACHE_HOME"))
                .map(Path::of)
                .orElse(home.resolve(".cache"));
        Stream<Path> named = Stream.ofNullable(environment.get("KUBEBUILDER_ASSETS"))
                .filter(folder -> !folder.isEmpty())
                .map(Path::of);
        return Stream.concat(named, Stream.of(cache.resolve("mlengine/k8s"), Path.of("/usr/local/kubebuilder/bin")))
                .map(Binaries::new)
                .filter(binaries -> binaries.has(ETCD) && binaries.has(API_SERVER))
                .findFirst();
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
