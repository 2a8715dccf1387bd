package io.mlengine.backend.k8s.webhook;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Containers that run git-sync, version 4: they fetch one revision, without its history, into a volume that other
 * containers read. Credentials are references to a secret of the pod's namespace.
 */
final class GitSyncContainer {
    /** The link inside the volume that leads to the checkout. */
    static final String LINK = "current";

    /** The user that git-sync's own image has. */
    private static final long USER = 65_533;

    private static final String PERIOD = "30s";

    private final String image;
    private final String volume;
    private final String folder;

    /**
     * Makes containers of one volume.
     *
     * @param image an image of git-sync
     * @param volume name of the volume
     * @param folder where it is mounted
     */
    GitSyncContainer(String image, String volume, String folder) {
        this.image = image;
        this.volume = volume;
        this.folder = folder;
    }

    /** An init container that ends after the first checkout. */
    Container once(String name, PodWishes.Git git) {
        return container(name, git, "--one-time");
    }

    /** A side-car that keeps the checkout at the tip of the revision. */
    Container follower(String name, PodWishes.Git git) {
        return container(name, git, "--period=" + PERIOD);
    }

    private Container container(String name, PodWishes.Git git, String mode) {
        List<String> arguments = new ArrayList<>(List.of(
                "--repo=" + git.repository(),
                "--ref=" + git.revision(),
                "--root=" + folder,
                "--link=" + LINK,
                "--depth=1",
                "--submodules=off",
                "--group-write",
                "--max-failures=3",
                mode));
        // Kubernetes would take $(NAME) for a variable.
        arguments.replaceAll(argument -> argument.replace("$", "$$"));
        ContainerBuilder builder = new ContainerBuilder()
                .withName(name)
                .withImage(image)
                .withArgs(arguments)
                // git writes its settings there, and this user has no home.
                .addNewEnv()
                .withName("HOME")
                .withValue("/tmp")
                .endEnv()
                .addNewVolumeMount()
                .withName(volume)
                .withMountPath(folder)
                .endVolumeMount()
                .withNewResources()
                // Namespaces with a quota refuse containers that do not say what they need.
                .withRequests(Map.of("cpu", new Quantity("100m"), "memory", new Quantity("128Mi")))
                .withLimits(Map.of("cpu", new Quantity("1"), "memory", new Quantity("512Mi")))
                .endResources()
                .withNewSecurityContext()
                .withRunAsUser(USER)
                .withRunAsNonRoot(true)
                .withAllowPrivilegeEscalation(false)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext();
        if (!git.credentials().isEmpty()) {
            secret(builder, "GITSYNC_USERNAME", git.credentials(), "username");
            secret(builder, "GITSYNC_PASSWORD", git.credentials(), "password");
        }
        return builder.build();
    }

    private static void secret(ContainerBuilder builder, String variable, String secret, String key) {
        builder.addNewEnv()
                .withName(variable)
                .withNewValueFrom()
                .withNewSecretKeyRef(key, secret, null)
                .endValueFrom()
                .endEnv();
    }
}
