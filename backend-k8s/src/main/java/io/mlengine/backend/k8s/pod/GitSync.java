package io.mlengine.backend.k8s.pod;

import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.spi.model.GitSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Containers that bring code with git-sync 4, into our own pods and into those of others: one commit without its
 * history, into a volume that other containers see. Credentials come from the named Secret and appear in no object of
 * ours: {@code username} and {@code password} for a URL of the web, {@code ssh-privatekey} and {@code known_hosts} for one
 * of ssh.
 */
public final class GitSync {
    /** The link inside the volume that leads to the checkout. */
    public static final String LINK = "current";

    /** The user that git-sync's own image has. */
    public static final long USER = 65_533;

    private static final Pattern SSH = Pattern.compile("(git\\+)?ssh://.*|[^/]*:(?!//).*");
    private static final String REVISION = "MLENGINE_CODE_REVISION";
    private static final String PERIOD = "30s";

    private final String image;
    private final String volume;
    private final String folder;
    private final String keys;
    private final String keysFolder;

    /**
     * Makes containers of one volume.
     *
     * @param image an image of git-sync
     * @param volume name of the volume
     * @param folder where it is mounted
     */
    public GitSync(String image, String volume, String folder) {
        this.image = image;
        this.volume = volume;
        this.folder = folder;
        this.keys = volume + "-keys";
        this.keysFolder = folder + "-keys";
    }

    /** How long a container works. */
    public enum Mode {
        /** It ends after the first checkout. */
        ONCE("--one-time"),
        /** It keeps the checkout at the tip of the revision. */
        FOLLOW("--period=" + PERIOD);

        private final String argument;

        Mode(String argument) {
            this.argument = argument;
        }
    }

    /**
     * A container that fetches the revision of its source.
     *
     * @param name name of the container
     * @param git what to fetch
     * @param mode how long it works
     * @return a container without resources
     */
    public ContainerBuilder container(String name, GitSource git, Mode mode) {
        return container(name, git, mode, Expansion.literal(git.revision()), List.of());
    }

    /** A container that fetches what stands in its pod's annotation when it starts. */
    ContainerBuilder annotated(String name, GitSource git, Mode mode) {
        EnvVar revision = new EnvVarBuilder()
                .withName(REVISION)
                .withNewValueFrom()
                .withNewFieldRef("v1", "metadata.annotations['" + Labels.CODE_REVISION + "']")
                .endValueFrom()
                .build();
        return container(name, git, mode, "$(" + REVISION + ")", List.of(revision));
    }

    private ContainerBuilder container(String name, GitSource git, Mode mode, String ref, List<EnvVar> before) {
        List<VolumeMount> mounts = new ArrayList<>(List.of(PodVolumes.mount(volume, folder)));
        List<String> arguments = new ArrayList<>(List.of(
                "--repo=" + Expansion.literal(git.repository()),
                "--ref=" + ref,
                "--root=" + folder,
                "--link=" + LINK,
                "--depth=1",
                "--submodules=off",
                "--group-write",
                "--max-failures=3",
                mode.argument));
        List<EnvVar> variables = new ArrayList<>(before);
        // git writes its settings there, and this user has no home.
        variables.add(PodVariables.literal("HOME", "/tmp"));
        ContainerBuilder container = new ContainerBuilder()
                .withName(name)
                .withImage(image)
                .withSecurityContext(PodSecurity.unprivileged())
                .withTerminationMessagePolicy("FallbackToLogsOnError");
        if (git.credentials().isPresent()) {
            if (isSsh(git)) {
                arguments.add("--ssh-key-file=" + keysFolder + "/ssh-privatekey");
                arguments.add("--ssh-known-hosts-file=" + keysFolder + "/known_hosts");
                mounts.add(PodVolumes.mount(keys, keysFolder));
                // ssh wants a user with a name, and no key of that user's that others may read: root owns this one.
                container.editSecurityContext().withRunAsUser(USER).endSecurityContext();
            } else {
                String secret = git.credentials().get();
                variables.add(PodVariables.secret("GITSYNC_USERNAME", secret, "username"));
                variables.add(PodVariables.secret("GITSYNC_PASSWORD", secret, "password"));
            }
        }
        return container.withArgs(arguments).withEnv(variables).withVolumeMounts(mounts);
    }

    /**
     * The volume with the keys for ssh.
     *
     * @param git what to fetch
     * @return the volume, or empty when none is needed
     */
    public Optional<Volume> keys(GitSource git) {
        return git.credentials()
                .filter(secret -> isSsh(git))
                .map(secret -> new VolumeBuilder()
                        .withName(keys)
                        .withNewSecret()
                        .withSecretName(secret)
                        .withDefaultMode(0444)
                        .endSecret()
                        .build());
    }

    private static boolean isSsh(GitSource git) {
        return SSH.matcher(git.repository()).matches();
    }
}
