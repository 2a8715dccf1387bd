package io.mlengine.backend.local.prepare;

import io.mlengine.backend.local.lease.MachineLock;
import io.mlengine.backend.local.tool.Tool;
import io.mlengine.backend.local.tool.ToolResult;
import io.mlengine.spi.model.GitSource;
import io.mlengine.spi.model.SecretRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Brings code from git: one bare repository in the cache for each URL, of which each commit is fetched once, and from
 * which the files are written out without any {@code .git}. Credentials reach git through its environment only.
 */
public final class GitCheckouts {
    private static final Pattern FULL_COMMIT = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
    private static final Pattern MAYBE_COMMIT = Pattern.compile("[0-9a-f]{4,64}");
    private static final Pattern WITH_PASSWORD =
            Pattern.compile("(?i)(https?|ftps?)://[^/]*@.*|\\w+://[^/@]*:[^/@]*@.*");

    private final Path cache;
    private final SecretResolver secrets;
    private final Map<String, String> environment;
    private final Duration limit;

    /** Checkouts that are kept in this folder. */
    public GitCheckouts(Path cache, SecretResolver secrets, Map<String, String> environment, Duration limit) {
        this.cache = cache;
        this.secrets = secrets;
        this.environment = environment;
        this.limit = limit;
    }

    /**
     * Writes the files of a revision into a folder.
     *
     * @return the commit that the revision stands for
     */
    @SuppressWarnings("try") // the lock is held, not used
    public String checkout(GitSource source, Path target, Consumer<String> progress) throws PreparationException {
        String git = Tool.find("git", environment)
                .map(Path::toString)
                .orElseThrow(() -> PreparationException.wrong(
                        "GitMissing",
                        "The job's code lies in git, but there is no git program on the PATH. Maybe install git."));
        refuseWhatIsNoUrl(source);
        if (source.follow()) {
            throw PreparationException.wrong(
                    "FollowUnsupported",
                    "On one machine the code stays what it was when the attempt started. Maybe leave code.git.follow"
                            + " out.");
        }
        Path folder = cache.resolve("git").resolve(Digest.of(source.repository()));
        try {
            Files.createDirectories(folder);
            try (MachineLock lock = MachineLock.acquire(
                            folder.resolve("lock"),
                            limit,
                            waited -> progress.accept("waiting for another checkout of " + source.repository() + " ("
                                    + waited.toSeconds() + " s)"));
                    GitSession session = session(git, source, folder, progress)) {
                String commit = resolve(session, source, progress);
                progress.accept("code: " + source.repository() + " " + source.revision() + " is commit " + commit);
                session.export(commit, target);
                return commit;
            }
        } catch (IOException e) {
            throw PreparationException.diskTrouble("The checkout of " + source.repository() + " failed", e);
        } catch (InterruptedException e) {
            throw PreparationException.interrupted(e);
        }
    }

    private static void refuseWhatIsNoUrl(GitSource source) throws PreparationException {
        if (WITH_PASSWORD.matcher(source.repository()).matches()) {
            throw PreparationException.wrong(
                    "GitUrlWithCredentials",
                    "The repository's URL holds a user or password, which everybody on this machine could read while git"
                            + " runs. Maybe keep them in a secret and name it in code.git.credentials.");
        }
        // git would take them for options.
        if (source.repository().startsWith("-") || source.revision().startsWith("-")) {
            throw PreparationException.wrong("GitUrlInvalid", "A repository or revision does not start with '-'.");
        }
    }

    private GitSession session(String git, GitSource source, Path folder, Consumer<String> progress)
            throws PreparationException, IOException {
        Optional<String> secret = source.credentials();
        if (secret.isEmpty()) {
            return new GitSession(git, source.repository(), folder, limit, progress, Optional.empty());
        }
        GitSession.Credentials credentials = new GitSession.Credentials(
                secrets.resolve(new SecretRef(secret.get(), "username")),
                secrets.resolve(new SecretRef(secret.get(), "password")));
        return new GitSession(git, source.repository(), folder, limit, progress, Optional.of(credentials));
    }

    private static String resolve(GitSession git, GitSource source, Consumer<String> progress)
            throws PreparationException, IOException, InterruptedException {
        String revision = source.revision();
        git.open();
        if (FULL_COMMIT.matcher(revision).matches() && git.has(revision)) {
            return revision;
        }
        progress.accept("fetching " + revision + " of " + source.repository());
        ToolResult fetched = git.fetch("--depth=1", "--no-tags", git.url(), revision);
        if (fetched.isSuccess()) {
            return git.commitOf("FETCH_HEAD").orElseThrow(() -> unknown(source));
        }
        GitTrouble trouble = GitTrouble.of(fetched);
        if (trouble != GitTrouble.REVISION_UNKNOWN
                || !MAYBE_COMMIT.matcher(revision).matches()) {
            throw trouble.toException(source, git.clean(fetched.tail(3)));
        }
        // Servers may refuse commits that no branch ends in, and none knows abbreviated ones: look through everything.
        progress.accept("the server gives no single commit; fetching all of " + source.repository());
        ToolResult everything = git.fetchEverything();
        if (!everything.isSuccess()) {
            throw GitTrouble.of(everything).toException(source, git.clean(everything.tail(3)));
        }
        return git.commitOf(revision).orElseThrow(() -> unknown(source));
    }

    private static PreparationException unknown(GitSource source) {
        return GitTrouble.REVISION_UNKNOWN.toException(source, "");
    }

    /** Makes a script that only its owner may read and run. */
    static void writeScript(Path file, String text) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.writeString(file, text);
    }
}
