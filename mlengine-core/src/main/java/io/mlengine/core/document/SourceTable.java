package io.mlengine.core.document;

import static io.mlengine.core.document.Field.defaulted;
import static io.mlengine.core.document.Field.optional;
import static io.mlengine.core.document.Field.required;
import static io.mlengine.core.document.Values.FLAG;
import static io.mlengine.core.document.Values.TEXT;
import static io.mlengine.core.document.Values.list;
import static io.mlengine.core.document.Values.map;

import io.mlengine.spi.model.Artifact;
import io.mlengine.spi.model.CodeSource;
import io.mlengine.spi.model.DataSource;
import io.mlengine.spi.model.GitSource;
import io.mlengine.spi.model.JobEnvironment;
import io.mlengine.spi.model.PythonEnvironment;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;

/** The field table of code, data and environment. */
final class SourceTable {
    /** Where the program comes from. */
    static final ObjectType<CodeSource> CODE = code();

    /** A named input. */
    static final ObjectType<DataSource> INPUT = input();

    /** A named output. */
    static final ObjectType<Artifact> OUTPUT = output();

    /** What all replicas find around them. */
    static final ObjectType<JobEnvironment> ENVIRONMENT = environment();

    private SourceTable() {}

    private static ObjectType<CodeSource> code() {
        ObjectType<GitSource> git = ObjectType.<GitSource, GitSource.Builder>builder("an object with `repository`")
                .with(
                        required(
                                "repository",
                                TEXT,
                                "URL of the repository, without credentials.",
                                GitSource::repository,
                                ""),
                        GitSource.Builder::repository)
                .with(
                        defaulted("revision", TEXT, "Branch, tag or commit.", GitSource::revision, "HEAD"),
                        GitSource.Builder::revision)
                .with(
                        optional("path", TEXT, "Folder of the repository to use.", GitSource::path),
                        (builder, path) -> builder.path(path))
                .with(
                        optional(
                                "credentials",
                                TEXT,
                                "Name of a secret with the keys username and password.",
                                GitSource::credentials),
                        (builder, secret) -> builder.credentials(secret))
                .with(
                        defaulted(
                                "follow",
                                FLAG,
                                "Whether a side-car keeps the files at the tip of the revision while it runs; only in pods.",
                                GitSource::follow,
                                false),
                        GitSource.Builder::follow)
                .build(GitSource::builder, GitSource.Builder::build);
        return ObjectType.<CodeSource, CodeSource.Builder>builder("an object with `path` or `git`")
                .with(
                        optional(
                                "path",
                                TEXT,
                                "Folder of this machine, relative to the document; used in place.",
                                CodeSource::path),
                        (builder, path) -> builder.path(path))
                .with(
                        optional("git", git, "A git repository.", CodeSource::git),
                        (builder, source) -> builder.git(source))
                .build(CodeSource::builder, CodeSource.Builder::build);
    }

    private static ObjectType<DataSource> input() {
        Field<DataSource, String> name =
                required("name", TEXT, "A DNS label; found as $MLENGINE_INPUT_<NAME>.", DataSource::name, "missing");
        Field<DataSource, String> source = required(
                "source", TEXT, "Absolute path, file: URI or pvc://claim/path.", DataSource::source, "/missing");
        Field<DataSource, String> path = defaulted(
                "path", TEXT, "Where to link or mount it; the backend chooses without it.", DataSource::path, "");
        Field<DataSource, Boolean> readOnly =
                defaulted("readOnly", FLAG, "Whether the program must not write to it.", DataSource::readOnly, true);
        return ObjectType.of(
                "an object with name and source",
                given -> new DataSource(given.get(name), given.get(source), given.get(path), given.get(readOnly)),
                name,
                source,
                path,
                readOnly);
    }

    private static ObjectType<Artifact> output() {
        Field<Artifact, String> name = required("name", TEXT, "A DNS label.", Artifact::name, "missing");
        Field<Artifact, String> path =
                required("path", TEXT, "File or folder, relative to $MLENGINE_OUTPUT_DIR.", Artifact::path, "missing");
        return ObjectType.of(
                "an object with name and path", given -> new Artifact(given.get(name), given.get(path)), name, path);
    }

    private static ObjectType<JobEnvironment> environment() {
        ObjectType<PythonEnvironment> python = ObjectType.<PythonEnvironment, PythonEnvironment.Builder>builder(
                        "an object")
                .with(
                        optional(
                                "interpreter",
                                TEXT,
                                "An existing interpreter to use as it is.",
                                PythonEnvironment::interpreter),
                        (builder, path) -> builder.interpreter(path))
                .with(
                        defaulted(
                                "requirements",
                                list(TEXT),
                                "Requirements in pip's words.",
                                PythonEnvironment::requirements,
                                List.of()),
                        (builder, words) -> builder.requirements(words))
                .with(
                        defaulted(
                                "gpuRequirements",
                                list(TEXT),
                                "Requirements that count instead when the job was given GPUs.",
                                PythonEnvironment::gpuRequirements,
                                List.of()),
                        (builder, words) -> builder.gpuRequirements(words))
                .with(
                        defaulted(
                                "systemSitePackages",
                                FLAG,
                                "Whether a made environment also sees the interpreter's own packages.",
                                PythonEnvironment::systemSitePackages,
                                false),
                        PythonEnvironment.Builder::systemSitePackages)
                .with(
                        defaulted(
                                "buildVariables",
                                map(TEXT),
                                "Variables that pip sees, for packages that are built from source.",
                                PythonEnvironment::buildVariables,
                                Collections.unmodifiableSortedMap(new TreeMap<>())),
                        (builder, variables) -> builder.buildVariables(variables))
                .build(PythonEnvironment::builder, PythonEnvironment.Builder::build);
        return ObjectType.<JobEnvironment, JobEnvironment.Builder>builder("an object")
                .with(
                        optional("python", python, "Python that the job needs.", JobEnvironment::python),
                        (builder, environment) -> builder.python(environment))
                .with(
                        defaulted(
                                "variables",
                                RoleTable.VARIABLES,
                                "Variables of every replica; a role's own win.",
                                JobEnvironment::variables,
                                Collections.unmodifiableSortedMap(new TreeMap<>())),
                        (builder, variables) -> builder.variables(variables))
                .with(
                        optional(
                                "volumeClaim",
                                TEXT,
                                "Claim that keeps outputs and checkpoints of pods; they live as long as the pod without it.",
                                JobEnvironment::volumeClaim),
                        (builder, claim) -> builder.volumeClaim(claim))
                .build(JobEnvironment::builder, JobEnvironment.Builder::build);
    }
}
