package io.mlengine.backend.k8s.webhook;

import io.mlengine.backend.k8s.resource.Labels;

/** What people write on pods of their own, or of other controllers, to have them decorated. */
public final class PodAnnotations {
    /** Label: the webhook looks at pods that carry it with the value {@link #INJECT_VALUE}, and at no others. */
    public static final String INJECT = "mlengine.io/inject";

    /** Value of {@link #INJECT}. */
    public static final String INJECT_VALUE = "true";

    /** URL of a git repository, without credentials; its files appear below {@code $MLENGINE_CODE_DIR}. */
    public static final String GIT_REPOSITORY = "mlengine.io/git-repository";

    /** Commit to check out; a branch or a tag works too, but pods may then see different code. */
    public static final String GIT_REVISION = "mlengine.io/git-revision";

    /** Folder of the repository that {@code $MLENGINE_CODE_DIR} names. */
    public static final String GIT_PATH = "mlengine.io/git-path";

    /**
     * Name of a secret with the keys {@code username} and {@code password}, or {@code ssh-privatekey} and {@code known_hosts}
     * for a URL of ssh.
     */
    public static final String GIT_CREDENTIALS = "mlengine.io/git-credentials";

    /** {@code once}, the default, or {@code follow}: a side-car keeps the checkout at the tip of the revision. */
    public static final String GIT_MODE = "mlengine.io/git-mode";

    /** Inputs, one a line: {@code name=pvc://claim/path}; found as {@code $MLENGINE_INPUT_<NAME>}, read-only. */
    public static final String INPUTS = "mlengine.io/inputs";

    /** Variables, one a line: {@code NAME=text} or {@code NAME=secret://secret/key}; the pod's own win. */
    public static final String VARIABLES = "mlengine.io/variables";

    /** Annotation or label: name of the gang, in the pod's namespace, that is scheduled as a whole. */
    public static final String GANG = Labels.GANG;

    /** Number of pods of the gang. */
    public static final String GANG_SIZE = Labels.GANG_SIZE;

    private PodAnnotations() {}
}
