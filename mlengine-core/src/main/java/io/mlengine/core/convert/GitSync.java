package io.mlengine.core.convert;

import io.mlengine.core.admission.Redaction;
import io.mlengine.core.convert.ContainerDraft.Variable;
import io.mlengine.spi.model.EnvValue;
import io.mlengine.spi.model.GitSource;
import io.mlengine.spi.model.SecretRef;
import java.util.List;
import java.util.Optional;

/** Init containers: git-sync, in its third and fourth version, is the job's code; the others have no counterpart. */
final class GitSync {
    private static final List<String> REPOSITORY = List.of("repo", "GITSYNC_REPO", "GIT_SYNC_REPO");
    private static final List<String> REVISION =
            List.of("ref", "rev", "branch", "GITSYNC_REF", "GIT_SYNC_REV", "GIT_SYNC_REVISION", "GIT_SYNC_BRANCH");
    private static final List<String> PASSWORD = List.of("GITSYNC_PASSWORD", "GIT_SYNC_PASSWORD");

    private final ContainerDraft container = new ContainerDraft();

    private GitSync() {}

    static void read(JobDraft job, PodDraft pod) {
        for (ForeignValue init : pod.initContainers) {
            if (init.peek("image").orElse("").contains("git-sync")) {
                GitSync sync = new GitSync();
                ContainerTable.TABLE.read(init, sync.container);
                sync.source(job, init);
            } else {
                init.dropped(
                        "nothing runs before a replica",
                        "do it at the beginning of the command, or in a job of its own");
            }
        }
    }

    private void source(JobDraft job, ForeignValue init) {
        Optional<String> repository = setting(REPOSITORY);
        if (repository.isEmpty()) {
            init.dropped("the repository to fetch cannot be seen", "name it in `code.git`");
            return;
        }
        GitSource.Builder git = GitSource.builder().repository(withoutCredentials(repository.get(), init));
        setting(REVISION).ifPresent(git::revision);
        secret().ifPresent(secret -> {
            git.credentials(secret.name());
            init.check(
                    "user and password come from the secret `" + secret.name() + "`",
                    "it needs the keys `username` and `password`");
        });
        GitSource found = git.build();
        if (job.git().filter(earlier -> !earlier.equals(found)).isPresent()) {
            init.dropped("a job has one code", "merge the repositories, or fetch this one in the command");
            return;
        }
        job.git(found);
        init.changed(
                "becomes `code.git`: replicas start in a copy of the repository",
                "make paths that lead to the volume of the container relative to it");
    }

    private String withoutCredentials(String url, ForeignValue init) {
        if (!Redaction.isNeeded(url)) {
            return url;
        }
        init.changed(
                "user and password in the URL are left out", "put them into a secret, named in `code.git.credentials`");
        return url.replaceFirst("://[^/]*@", "://");
    }

    private Optional<SecretRef> secret() {
        return PASSWORD.stream()
                .map(container.env::get)
                .filter(variable -> variable != null && variable.value() instanceof EnvValue.Secret)
                .map(variable -> ((EnvValue.Secret) variable.value()).ref())
                .findFirst();
    }

    /** A setting, given as flag or as variable; flags win, as they do in git-sync. */
    private Optional<String> setting(List<String> names) {
        return names.stream()
                .flatMap(name -> (name.startsWith("GIT") ? variable(name) : flag(name)).stream())
                .filter(text -> !text.isBlank())
                .findFirst();
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(container.env.get(name))
                .map(Variable::value)
                .filter(EnvValue.Literal.class::isInstance)
                .map(value -> ((EnvValue.Literal) value).value());
    }

    private Optional<String> flag(String name) {
        List<String> words = container.commandLine();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i).replaceFirst("^--?", "");
            if (word.startsWith(name + "=")) {
                return Optional.of(word.substring(name.length() + 1));
            }
            if (word.equals(name) && words.get(i).startsWith("-") && i + 1 < words.size()) {
                return Optional.of(words.get(i + 1));
            }
        }
        return Optional.empty();
    }
}
