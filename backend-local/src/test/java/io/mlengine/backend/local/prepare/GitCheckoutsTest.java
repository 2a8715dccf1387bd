package io.mlengine.backend.local.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.GitSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real git with repositories made here. */
@Timeout(120)
class GitCheckoutsTest {
    private static final String PASSWORD = "s3cret/pass word";

    @TempDir
    Path folder;

    private final List<String> said = new ArrayList<>();
    private Path repository;
    private GitCheckouts checkouts;

    @BeforeEach
    void makeRepository() throws Exception {
        repository = Files.createDirectories(folder.resolve("repositories/code"));
        git("init", "--quiet", "--initial-branch=main");
        commit("first");
        git("tag", "--annotate", "v1", "--message=one");
        commit("second");
        checkouts = checkouts(ref -> ref.key().equals("username") ? "tester" : PASSWORD);
    }

    @Test
    void aBranchIsResolvedToItsCommitAndWrittenWithoutHistory() throws Exception {
        Path target = folder.resolve("target");
        String commit = checkouts.checkout(source("main"), target, said::add);
        assertThat(commit).isEqualTo(git("rev-parse", "main"));
        assertThat(target.resolve("train.py")).hasContent("second");
        assertThat(target.resolve("run.sh")).isExecutable();
        assertThat(target.resolve(".git")).doesNotExist();
        assertThat(said).anyMatch(line -> line.endsWith("main is commit " + commit));
    }

    @Test
    void tagsHeadAndAbbreviatedOrOldCommitsAreFound() throws Exception {
        String first = git("rev-parse", "v1^{commit}");
        String second = git("rev-parse", "main");
        assertThat(checkout("v1")).isEqualTo(first);
        assertThat(checkout("HEAD")).isEqualTo(second);
        assertThat(checkout(first.substring(0, 9))).isEqualTo(first);
        assertThat(checkout(first)).isEqualTo(first);
    }

    @Test
    void aCommitThatTheServerGivesOnlyWithItsBranchIsFound() throws Exception {
        git("config", "uploadpack.allowAnySHA1InWant", "false");
        String first = git("rev-parse", "v1^{commit}");
        assertThat(checkout(first)).isEqualTo(first);
    }

    @Test
    void aCommitInTheCacheNeedsNoServer() throws Exception {
        String commit = checkout("main");
        Files.move(repository, repository.resolveSibling("gone"));
        said.clear();
        assertThat(checkout(commit)).isEqualTo(commit);
        assertThat(said).noneMatch(line -> line.contains("fetching"));
    }

    @Test
    void aHalfMadeCacheIsMadeAnew() throws Exception {
        checkout("main");
        try (Stream<Path> entries = Files.list(folder.resolve("cache/git"))) {
            Files.delete(entries.findFirst().orElseThrow().resolve("repository.git/HEAD"));
        }
        assertThat(checkout("main")).isEqualTo(git("rev-parse", "main"));
    }

    @Test
    void manyCheckoutsAtOnceAllSucceed() throws Exception {
        var executor = Executors.newFixedThreadPool(4);
        try {
            List<CompletableFuture<String>> futures = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Path target = folder.resolve("target" + i);
                futures.add(CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                // Own instances, as two engines in one process have them.
                                return checkouts(ref -> "").checkout(source("main"), target, line -> {});
                            } catch (PreparationException e) {
                                throw new IllegalStateException(e);
                            }
                        },
                        executor));
            }
            for (CompletableFuture<String> future : futures) {
                assertThat(future.join()).isEqualTo(git("rev-parse", "main"));
            }
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void unknownRevisionsAndRepositoriesAreTheJobsFault() {
        PreparationException revision = failure(source("no-such-branch"));
        assertThat(revision.failureClass()).isEqualTo(FailureClass.CONFIGURATION);
        assertThat(revision.reason()).isEqualTo("GitRevisionUnknown");
        assertThat(revision).hasMessageContaining("no-such-branch").hasMessageContaining("Maybe");
        assertThat(failure(source("deadbeef")).reason()).isEqualTo("GitRevisionUnknown");
        assertThat(failure(source("0123456789012345678901234567890123456789")).reason())
                .isEqualTo("GitRevisionUnknown");
        PreparationException absent = failure(
                GitSource.builder().repository("file:///no/such/repository").build());
        assertThat(absent.reason()).isEqualTo("GitRepositoryUnknown");
        assertThat(absent.failureClass()).isEqualTo(FailureClass.CONFIGURATION);
    }

    @Test
    void aServerThatCannotBeReachedMayBeThereNextTime() {
        for (String url : List.of("http://127.0.0.1:1/code", "http://no-such-host.invalid/code")) {
            PreparationException e = failure(GitSource.builder().repository(url).build());
            assertThat(e.failureClass()).isEqualTo(FailureClass.INFRASTRUCTURE);
            assertThat(e.reason()).isEqualTo("GitUnreachable");
            assertThat(e).hasMessageContaining(url);
        }
    }

    @Test
    void credentialsWorkAndShowUpNowhere() throws Exception {
        try (GitServer server = new GitServer(folder.resolve("repositories"), "tester", PASSWORD)) {
            GitSource source = GitSource.builder()
                    .repository(server.url("code/.git"))
                    .revision("main")
                    .credentials("git-login")
                    .build();
            Path target = folder.resolve("target");
            checkouts.checkout(source, target, said::add);
            assertThat(target.resolve("train.py")).hasContent("second");
            assertThat(server.commandLines).anyMatch(line -> line.contains("fetch"));
            assertThat(server.commandLines).noneMatch(line -> line.contains("s3cret"));
            assertThat(said).noneMatch(line -> line.contains("s3cret"));
            assertThat(filesWith("s3cret")).isEmpty();
        }
    }

    @Test
    void wrongCredentialsAreTheJobsFaultAndAreNotRepeated() throws Exception {
        try (GitServer server = new GitServer(folder.resolve("repositories"), "tester", "another")) {
            for (String credentials : List.of("", "git-login")) {
                GitSource.Builder source = GitSource.builder();
                source.repository(server.url("code/.git"));
                if (!credentials.isEmpty()) {
                    source.credentials(credentials);
                }
                PreparationException e = failure(source.build());
                assertThat(e.failureClass()).isEqualTo(FailureClass.CONFIGURATION);
                assertThat(e.reason()).isEqualTo("GitAuthentication");
                assertThat(e.getMessage()).doesNotContain("s3cret");
            }
        }
    }

    @Test
    void aUrlWithAPasswordIsRefusedBeforeGitRuns() {
        for (String url : List.of("https://me:pw@host/x", "https://token@host/x", "ssh://me:pw@host/x")) {
            PreparationException e = failure(GitSource.builder().repository(url).build());
            assertThat(e.reason()).isEqualTo("GitUrlWithCredentials");
            assertThat(e.getMessage()).doesNotContain("pw").doesNotContain("token@");
        }
        assertThat(failure(GitSource.builder().repository("--upload-pack=x").build())
                        .reason())
                .isEqualTo("GitUrlInvalid");
    }

    @Test
    void withoutGitTheRemedyIsTold() {
        GitCheckouts none = new GitCheckouts(folder, ref -> "", Map.of("PATH", "/nowhere"), Duration.ofSeconds(5));
        PreparationException e = catchThrowableOfType(
                PreparationException.class, () -> none.checkout(source("main"), folder.resolve("t"), said::add));
        assertThat(e.reason()).isEqualTo("GitMissing");
    }

    @Test
    void nothingIsFollowedOnOneMachine() {
        GitSource following =
                GitSource.builder().from(source("main")).follow(true).build();

        assertThat(failure(following).reason()).isEqualTo("FollowUnsupported");
    }

    @Test
    void whatGitSaysIsCleaned() {
        Redaction redaction = Redaction.of("a b", "");
        assertThat(redaction.clean("https://u:p@h/x a b a+b")).isEqualTo("https://***@h/x *** ***");
    }

    private PreparationException failure(GitSource source) {
        return catchThrowableOfType(
                PreparationException.class, () -> checkouts.checkout(source, folder.resolve("failing"), said::add));
    }

    private String checkout(String revision) throws Exception {
        return checkouts.checkout(source(revision), Files.createTempDirectory(folder, "target"), said::add);
    }

    private GitSource source(String revision) {
        return GitSource.builder()
                .repository("file://" + repository)
                .revision(revision)
                .build();
    }

    private GitCheckouts checkouts(SecretResolver secrets) {
        return new GitCheckouts(folder.resolve("cache"), secrets, System.getenv(), Duration.ofMinutes(1));
    }

    private List<Path> filesWith(String text) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> {
                        try {
                            return Files.readString(file, StandardCharsets.ISO_8859_1)
                                    .contains(text);
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    })
                    .toList();
        }
    }

    private void commit(String content) throws Exception {
        Files.writeString(repository.resolve("train.py"), content);
        Path script = Files.writeString(repository.resolve("run.sh"), "#!/bin/sh\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        git("add", ".");
        git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "--message=" + content);
    }

    private String git(String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of("git", "-c", "user.name=t", "-c", "user.email=t@example.org"));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command)
                .directory(repository.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
