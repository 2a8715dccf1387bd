package io.mlengine.core.convert;

import io.mlengine.core.admission.ViolationCode;
import io.mlengine.core.document.PlacedViolation;
import io.mlengine.core.document.SourceDocuments;
import io.mlengine.core.job.MLTrain;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Documents of other systems that are to become jobs: TFJob, PyTorchJob, MPIJob, XGBoostJob and JAXJob of Kubeflow's
 * training operator, MPIJob of the MPI operator, TrainJob of trainer v2 with its runtimes. Converting never throws for
 * what a document holds, and loses nothing without a word: each field is carried over or told in a note. Immutable.
 *
 * <pre>{@code
 * Conversion result = ForeignJobs.of("job.yaml", bytes).and("runtime.yaml", more).convert();
 * result.jobs().forEach(job -> engine.submit(job.train()));
 * }</pre>
 */
public final class ForeignJobs {
    /** No documents yet. */
    public static final ForeignJobs NONE = new ForeignJobs(List.of());

    private final List<SourceDocuments> files;

    private ForeignJobs(List<SourceDocuments> files) {
        this.files = List.copyOf(files);
    }

    /**
     * Reads a file; it may hold several documents.
     *
     * @param file its name, for messages
     * @param text YAML or JSON in UTF-8
     * @return its documents
     */
    public static ForeignJobs of(String file, byte[] text) {
        return NONE.and(file, text);
    }

    /**
     * Adds a file, for example with the runtime that a job refers to.
     *
     * @param file its name, for messages
     * @param text YAML or JSON in UTF-8
     * @return the documents of all files
     */
    public ForeignJobs and(String file, byte[] text) {
        List<SourceDocuments> more = new ArrayList<>(files);
        more.add(SourceDocuments.parse(file, text));
        return new ForeignJobs(more);
    }

    /**
     * Converts all documents.
     *
     * @return the jobs, what is to be told about them, and what could not be converted
     */
    public Conversion convert() {
        return new Pass().convert(files);
    }

    /**
     * The kinds that can be converted.
     *
     * @return their names, in the order of the reference
     */
    public static List<String> kinds() {
        return rules(new Runtimes()).stream().map(KindRules::kind).toList();
    }

    /**
     * What becomes of each field: the tables that conversion itself goes by, for the reference.
     *
     * @return the tables, those of the kinds first
     */
    public static List<MappingTable> mappings() {
        return Stream.of(
                        TensorFlowJob.TABLES,
                        PyTorchJob.TABLES,
                        MpiJob.TABLES,
                        XGBoostJob.TABLES,
                        JaxJob.TABLES,
                        TrainJob.TABLES,
                        TrainingRuntime.TABLES,
                        StepDraft.TABLES,
                        List.<FieldTable<?>>of(MetadataTable.TABLE),
                        RunPolicyTable.ALL,
                        List.<FieldTable<?>>of(ReplicaTable.TABLE),
                        PodTable.ALL)
                .flatMap(List::stream)
                .map(table -> new MappingTable(table.title(), table.mappings()))
                .toList();
    }

    private static List<KindRules<?>> rules(Runtimes runtimes) {
        return List.of(
                TensorFlowJob.RULES,
                PyTorchJob.RULES,
                MpiJob.RULES,
                XGBoostJob.RULES,
                JaxJob.RULES,
                TrainJob.rules(runtimes));
    }

    /** One pass over all documents. */
    private static final class Pass {
        private final Runtimes runtimes = new Runtimes();
        private final List<KindRules<?>> rules = rules(runtimes);
        private final List<ConvertedJob> jobs = new ArrayList<>();
        private final List<PlacedViolation> violations = new ArrayList<>();
        private final Ledger others = new Ledger();

        Conversion convert(List<SourceDocuments> files) {
            files.forEach(file -> violations.addAll(file.violations()));
            List<ForeignDocument> documents = files.stream()
                    .flatMap(file -> file.roots().stream())
                    .flatMap(ForeignDocument::of)
                    .toList();
            documents.stream()
                    .filter(ForeignDocument::isRuntime)
                    .forEach(runtime -> runtimes.add(runtime.name(), runtime::value));
            documents.stream().filter(document -> !document.isRuntime()).forEach(this::convert);
            documents.stream()
                    .filter(document -> document.isRuntime() && !runtimes.isUsed(document.name()))
                    .forEach(unused -> unused.value(others).dropped("no TrainJob that was given uses it", ""));
            violations.addAll(others.violations());
            return new Conversion(jobs, others.notes(), violations);
        }

        private void convert(ForeignDocument document) {
            String kind = document.kind();
            String version = document.apiVersion();
            Optional<KindRules<?>> known =
                    rules.stream().filter(rule -> rule.kind().equals(kind)).findFirst();
            if (known.isEmpty()) {
                OtherKinds.tell(document.value(others), version, kind, kinds());
            } else if (!known.get().versions().contains(version)) {
                String advice = "known for " + kind + ": "
                        + String.join(", ", known.get().versions());
                ForeignValue value = document.value(others);
                value.at("apiVersion").orElse(value).reject(ViolationCode.NOT_CONVERTIBLE, version, advice);
            } else {
                convert(document, known.get());
            }
        }

        private <D extends JobDraft> void convert(ForeignDocument document, KindRules<D> rule) {
            Ledger ledger = new Ledger();
            ForeignValue source = document.value(ledger);
            D job = rule.make().apply(source);
            FieldTable.<D>named(rule.kind())
                    .value("apiVersion", "", (draft, value) -> {})
                    .value("kind", "", (draft, value) -> {})
                    .object("metadata", MetadataTable.TABLE, draft -> draft)
                    .object("spec", rule.spec(), draft -> draft)
                    .dropped("status", "written by the server", "")
                    .build()
                    .read(source, job);
            MLTrain train = JobAssembly.build(job, rule);
            violations.addAll(ledger.violations());
            jobs.add(new ConvertedJob(document.label(), train, ledger.notes()));
        }
    }
}
