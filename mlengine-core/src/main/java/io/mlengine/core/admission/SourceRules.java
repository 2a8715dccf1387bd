package io.mlengine.core.admission;

import static io.mlengine.core.admission.FieldPath.item;
import static io.mlengine.core.admission.FieldPath.key;

import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.Artifact;
import io.mlengine.spi.model.CodeSource;
import io.mlengine.spi.model.DataSource;
import io.mlengine.spi.model.GitSource;
import io.mlengine.spi.model.PythonEnvironment;
import java.util.List;
import java.util.regex.Pattern;

/** Code, inputs, outputs and environment. */
final class SourceRules {
    private static final Pattern GIT_URL = Pattern.compile("(https?|ssh|git|file|git\\+ssh)://[^\\s]+");
    private static final Pattern GIT_SHORT = Pattern.compile("([A-Za-z0-9_.-]+@)?[A-Za-z0-9.-]+:[^\\s:]+");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
    private static final Pattern DATA = Pattern.compile("/.*|file:/.*|pvc://[a-z0-9][a-z0-9.-]*(/.*)?");
    private static final String CREDENTIALS = "put user and password into a secret and name it in `credentials`";

    private final MLTrain train;
    private final Findings findings;

    SourceRules(MLTrain train, Findings findings) {
        this.train = train;
        this.findings = findings;
    }

    void check() {
        train.code().ifPresent(this::code);
        inputs();
        outputs();
        train.environment().python().ifPresent(this::python);
        train.environment()
                .volumeClaim()
                .ifPresent(claim -> NameRules.object("spec.environment.volumeClaim", claim, findings));
    }

    private void code(CodeSource code) {
        if (code.git().isPresent() == code.path().isPresent()) {
            String advice = "give either `path` or `git`";
            findings.add(ViolationCode.CONTRADICTION, "spec.code", "", advice);
        }
        code.path().filter(String::isBlank).ifPresent(path -> badPath("spec.code.path", path, "for example ."));
        code.git().ifPresent(this::git);
    }

    private void git(GitSource git) {
        String path = "spec.code.git";
        String at = key(path, "repository");
        String repository = git.repository();
        if (Redaction.isNeeded(repository)) {
            findings.add(ViolationCode.CREDENTIALS_IN_URL, at, repository, CREDENTIALS);
        } else if (!isRepository(repository)) {
            String advice = "for example https://example.org/team/project.git";
            findings.add(ViolationCode.BAD_SOURCE, at, repository, advice);
        }
        String revision = git.revision();
        // A leading dash would be read as an option by git.
        if (revision.isBlank() || revision.startsWith("-") || revision.chars().anyMatch(Character::isWhitespace)) {
            String advice = "a branch, a tag or a commit";
            findings.add(ViolationCode.BAD_SOURCE, key(path, "revision"), revision, advice);
        }
        if (git.follow() && COMMIT.matcher(revision).matches()) {
            String advice = "a commit never moves: name a branch, or leave `follow` out";
            findings.add(ViolationCode.CONTRADICTION, key(path, "follow"), "true", advice);
        }
        git.path().filter(folder -> !isInside(folder)).ifPresent(folder -> {
            badPath(key(path, "path"), folder, "a folder inside the repository, for example examples/mnist");
        });
        git.credentials().ifPresent(secret -> NameRules.qualified(key(path, "credentials"), secret, findings));
    }

    private static boolean isRepository(String text) {
        boolean isFolder = text.startsWith("/") || text.startsWith("./") || text.startsWith("../");
        return isFolder
                || GIT_URL.matcher(text).matches()
                || (!text.contains("://") && GIT_SHORT.matcher(text).matches() && !text.startsWith("-"));
    }

    private void inputs() {
        List<DataSource> inputs = train.inputs();
        NameRules.distinct("spec.inputs", inputs.stream().map(DataSource::name).toList(), findings);
        for (int i = 0; i < inputs.size(); i++) {
            String path = item("spec.inputs", i);
            DataSource input = inputs.get(i);
            if (Redaction.isNeeded(input.source())) {
                findings.add(
                        ViolationCode.CREDENTIALS_IN_URL,
                        key(path, "source"),
                        input.source(),
                        "remove user and password");
            } else if (!DATA.matcher(input.source()).matches()) {
                String advice = "an absolute path, a file: URI or pvc://claim/path";
                findings.add(ViolationCode.BAD_SOURCE, key(path, "source"), input.source(), advice);
            }
            if (climbs(input.path())) {
                badPath(key(path, "path"), input.path(), "a place below the working folder, without `..`");
            }
        }
    }

    private void outputs() {
        List<Artifact> outputs = train.outputs();
        NameRules.distinct("spec.outputs", outputs.stream().map(Artifact::name).toList(), findings);
        for (int i = 0; i < outputs.size(); i++) {
            if (!isInside(outputs.get(i).path())) {
                String path = key(item("spec.outputs", i), "path");
                badPath(path, outputs.get(i).path(), "relative to $MLENGINE_OUTPUT_DIR, without `..`");
            }
        }
    }

    private void python(PythonEnvironment python) {
        String path = "spec.environment.python";
        python.interpreter()
                .filter(String::isBlank)
                .ifPresent(text -> badPath(key(path, "interpreter"), text, "for example /usr/bin/python3"));
        requirements(key(path, "requirements"), python.requirements());
        requirements(key(path, "gpuRequirements"), python.gpuRequirements());
    }

    private void requirements(String path, List<String> requirements) {
        for (int i = 0; i < requirements.size(); i++) {
            String requirement = requirements.get(i);
            String at = item(path, i);
            if (Redaction.isNeeded(requirement)) {
                String advice = "requirements are stored; set user and password up in pip's own configuration";
                findings.add(ViolationCode.CREDENTIALS_IN_URL, at, requirement, advice);
            } else if (requirement.isBlank() || requirement.contains("\n")) {
                String advice = "one requirement, for example numpy>=1.26";
                findings.add(ViolationCode.BAD_SOURCE, at, requirement, advice);
            }
        }
    }

    private void badPath(String path, String found, String advice) {
        findings.add(ViolationCode.BAD_PATH, path, found, advice);
    }

    private static boolean isInside(String path) {
        return !path.isBlank() && !path.startsWith("/") && !climbs(path);
    }

    private static boolean climbs(String path) {
        return List.of(path.split("/", -1)).contains("..") || path.indexOf('\0') >= 0;
    }
}
