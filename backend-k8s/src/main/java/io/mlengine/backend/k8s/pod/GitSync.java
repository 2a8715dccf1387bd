package io.mlengine.backend.k8s.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.mlengine.spi.model.GitSource;
import io.mlengine.spi.model.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The init container that brings the code with git-sync 4: one commit without its history, into a volume that the main
 * container sees. Credentials come from the named Secret and appear in no object of ours: {@code username} and {@code
 * password} for a URL of the web, {@code ssh-privatekey} and {@code known_hosts} for one of ssh.
 */
final class GitSync {
    private static final Pattern FULL_COMMIT = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
    private static final Pattern SSH = Pattern.compile("(git\\+)?ssh://.*|[^/]*:(?!//).*");
    private static final String KEYS = "git-keys";
    private static final String KEYS_FOLDER = "/mlengine/git-keys";
    private static final long IMAGES_OWN_USER = 65533;

    private GitSync() {}

    /** The one commit that all replicas get, if it is known. */
    static Optional<String> commit(PodLaunch launch, GitSource git) {
        return launch.codeCommit()
                .or(() -> Optional.of(git.revision())
                        .filter(revision -> FULL_COMMIT.matcher(revision).matches()));
    }

    static Container container(PodLaunch launch, GitSource git, String image, Role role) {
        List<VolumeMount> mounts = new ArrayList<>(List.of(PodVolumes.mount(PodVolumes.CODE, PodFolders.CODE)));
        List<String> args = new ArrayList<>(List.of(
                "--repo=" + git.repository(),
                "--ref=" + commit(launch, git).orElse(git.revision()),
                "--root=" + PodFolders.CODE,
                "--link=" + PodFolders.CODE_LINK,
                "--depth=1",
                "--submodules=off",
                "--group-write",
                "--one-time",
                "--max-failures=3"));
        List<EnvVar> variables = new ArrayList<>(List.of(PodVariables.literal("HOME", "/tmp")));
        ContainerBuilder container = new ContainerBuilder()
                .withName(PodNames.CODE)
                .withImage(image)
                .withResources(PodResources.withoutDevices(role.resources()))
                .withSecurityContext(PodSecurity.unprivileged())
                .withTerminationMessagePolicy("FallbackToLogsOnError");
        if (git.credentials().isPresent()) {
            if (isSsh(git)) {
                args.add("--ssh-key-file=" + KEYS_FOLDER + "/ssh-privatekey");
                args.add("--ssh-known-hosts-file=" + KEYS_FOLDER + "/known_hosts");
                mounts.add(PodVolumes.mount(KEYS, KEYS_FOLDER));
                // ssh wants a user with a name, and no key of that user's that others may read: root owns this one.
                container.editSecurityContext().withRunAsUser(IMAGES_OWN_USER).endSecurityContext();
            } else {
                String secret = git.credentials().get();
                variables.add(PodVariables.secret("GITSYNC_USERNAME", secret, "username"));
                variables.add(PodVariables.secret("GITSYNC_PASSWORD", secret, "password"));
            }
        }
        return container
                .withArgs(args.stream().map(Expansion::literal).toList())
                .withEnv(variables)
                .withVolumeMounts(mounts)
                .build();
    }

    /** The volume with the keys for ssh, when the job names some. */
    static Optional<Volume> keys(GitSource git) {
        return git.credentials()
                .filter(secret -> isSsh(git))
                .map(secret -> new VolumeBuilder()
                        .withName(KEYS)
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
