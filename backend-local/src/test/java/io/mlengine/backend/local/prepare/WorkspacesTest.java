package io.mlengine.backend.local.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mlengine.spi.model.Artifact;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.CodeSource;
import io.mlengine.spi.model.DataSource;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.FrameworkName;
import io.mlengine.spi.model.GitSource;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.JobShape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspacesTest {
    private static final JobId JOB = JobId.of("job-a");
    private static final AttemptId ATTEMPT = new AttemptId(JOB, 2);

    @TempDir
    Path folder;

    @Test
    void codeOfAFolderIsUsedInPlace() throws Exception {
        Path code = Files.createDirectories(folder.resolve("code"));
        Workspace workspace = prepare(shape().code(CodeSource.folder(code.toString())));
        assertThat(workspace.codeFolder()).isEqualTo(code);
        assertThat(workspace.workFolder()).isEqualTo(folder.resolve(Path.of("state", "jobs", "job-a", "work", "a2")));
        assertThat(folder.resolve("state/jobs/job-a/outputs")).isDirectory();
        assertThat(folder.resolve("state/jobs/job-a/checkpoints")).isDirectory();
        assertThat(prepare(shape().code(CodeSource.folder(code.toString())))).isEqualTo(workspace);
    }

    @Test
    void missingCodeIsTheJobsFaultWithAdvice() {
        for (String path : List.of(folder.resolve("absent").toString(), "relative/folder")) {
            PreparationException e = failure(shape().code(CodeSource.folder(path)));
            assertThat(e.failureClass()).isEqualTo(FailureClass.CONFIGURATION);
            assertThat(e).hasMessageContaining(path).hasMessageContaining("Maybe");
        }
    }

    @Test
    void codeOfGitIsWrittenForTheAttemptAndItsCommitIsTold() throws Exception {
        Path repository = folder.resolve("repository");
        Files.createDirectories(repository.resolve("sub"));
        Files.writeString(repository.resolve("sub/train.py"), "print()");
        Process git = new ProcessBuilder(
                        "sh",
                        "-c",
                        "git init -q && git add . && git -c user.name=t -c user.email=t@example.org commit -q -m x")
                .directory(repository.toFile())
                .start();
        assertThat(git.waitFor()).isZero();
        GitSource source = GitSource.builder()
                .repository("file://" + repository)
                .path("sub")
                .build();
        Workspace workspace =
                prepare(shape().code(CodeSource.builder().git(source).build()));
        assertThat(workspace.codeFolder()).isEqualTo(workspace.workFolder().resolve("code/sub"));
        assertThat(workspace.codeFolder().resolve("train.py")).exists();
        assertThat(workspace.variables().get("MLENGINE_CODE_COMMIT")).matches("[0-9a-f]{40}");
        for (String path : List.of("absent", "../..")) {
            GitSource wrong = GitSource.builder().from(source).path(path).build();
            assertThat(failure(shape().code(CodeSource.builder().git(wrong).build()))
                            .reason())
                    .isEqualTo("CodeMissing");
        }
    }

    @Test
    void inputsAreLinkedAndNamedByVariables() throws Exception {
        Path data = Files.createDirectories(folder.resolve("data"));
        Path code = Files.createDirectories(folder.resolve("code"));
        Workspace workspace = prepare(shape().code(CodeSource.folder(code.toString()))
                .addInputs(new DataSource("train-set", data.toString(), "", true))
                .addInputs(new DataSource("val", data.toUri().toString(), "data/val", true))
                .addInputs(new DataSource("there", data.toString(), data.toString(), true)));
        Path chosen = workspace.workFolder().resolve("inputs/train-set");
        assertThat(workspace.variables())
                .containsEntry("MLENGINE_INPUT_TRAIN_SET", chosen.toString())
                .containsEntry("MLENGINE_INPUT_VAL", code.resolve("data/val").toString())
                .containsEntry("MLENGINE_INPUT_THERE", data.toString());
        assertThat(chosen.toRealPath()).isEqualTo(data.toRealPath());
        assertThat(code.resolve("data/val").toRealPath()).isEqualTo(data.toRealPath());
    }

    @Test
    void inputsThatCannotBeLinkedAreTheJobsFault() throws Exception {
        Path data = Files.createDirectories(folder.resolve("data"));
        Path code = folder.resolve("code");
        Files.createDirectories(code.resolve("taken"));
        Map<String, DataSource> wrong = Map.of(
                "InputMissing", new DataSource("x", "/no/such/data", "", true),
                "InputUnsupported", new DataSource("x", "pvc://claim/path", "", true),
                "InputPathInvalid", new DataSource("x", "relative", "", true),
                "InputPathTaken", new DataSource("x", data.toString(), "taken", true));
        wrong.forEach((reason, input) -> {
            PreparationException e =
                    failure(shape().code(CodeSource.folder(code.toString())).addInputs(input));
            assertThat(e.reason()).isEqualTo(reason);
            assertThat(e.failureClass()).isEqualTo(FailureClass.CONFIGURATION);
            assertThat(e).hasMessageContaining("Maybe");
        });
        assertThat(failure(shape().addInputs(new DataSource("x", data.toString(), "/no/such/place", true)))
                        .reason())
                .isEqualTo("InputPathInvalid");
        assertThat(failure(shape().addInputs(new DataSource("x", data.toString(), "../../x", true)))
                        .reason())
                .isEqualTo("InputPathInvalid");
    }

    @Test
    void outputsAreCountedAndMissingOnesAreFlagged() throws Exception {
        JobFolders folders = new JobFolders(folder.resolve("job"));
        Files.createDirectories(folders.outputs().resolve("model/layers"));
        Files.writeString(folders.outputs().resolve("model/a.bin"), "12345");
        Files.writeString(folders.outputs().resolve("model/layers/b.bin"), "123");
        List<OutputCollector.Output> outputs = OutputCollector.collect(
                folders,
                List.of(
                        new Artifact("model", "model"),
                        new Artifact("report", "report.html"),
                        new Artifact("outside", "../x")));
        assertThat(outputs.get(0).bytes()).isEqualTo(8);
        assertThat(outputs.get(0).files()).isEqualTo(2);
        assertThat(outputs).extracting(OutputCollector.Output::isMissing).containsExactly(false, true, true);
        assertThat(OutputCollector.collect(folders, List.of()))
                .singleElement()
                .satisfies(all -> assertThat(all.files()).isEqualTo(2));
    }

    @Test
    void foldersFollowXdg() {
        LocalFolders own = LocalFolders.of(Map.of("XDG_CACHE_HOME", "/c", "XDG_STATE_HOME", "no"), Path.of("/h"));
        assertThat(own)
                .isEqualTo(new LocalFolders(
                        Path.of("/h/.local/state/mlengine"),
                        Path.of("/c/mlengine"),
                        Path.of("/h/.config/mlengine/secrets")));
    }

    private static JobShape.Builder shape() {
        return JobShape.builder().name("a").framework(FrameworkName.of("command"));
    }

    private Workspace prepare(JobShape.Builder shape) throws PreparationException {
        return workspaces().prepare(JOB, ATTEMPT, shape.build(), line -> {});
    }

    private PreparationException failure(JobShape.Builder shape) {
        return catchThrowableOfType(PreparationException.class, () -> prepare(shape));
    }

    private Workspaces workspaces() {
        LocalFolders folders =
                new LocalFolders(folder.resolve("state"), folder.resolve("cache"), folder.resolve("secrets"));
        return Workspaces.of(folders, ref -> "", System.getenv());
    }
}
