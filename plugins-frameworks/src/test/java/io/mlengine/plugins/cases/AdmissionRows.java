package io.mlengine.plugins.cases;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.api.JobHandle;
import io.mlengine.core.api.SubmitResult;
import io.mlengine.core.document.TrainDocument;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.queue.QueueConfig;
import io.mlengine.spi.model.FrameworkOptions;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Violation;
import io.mlengine.testkit.sim.DirectLaunchers;
import io.mlengine.testkit.sim.SimulatedEngine;
import java.util.List;
import java.util.Map;

/**
 * What Kubeflow's webhooks let pass and what they deny, asked of our own documents. Where a rule is about something that
 * only Kubeflow has, what stands in its place here is asserted.
 */
final class AdmissionRows {
    private AdmissionRows() {}

    @ProseRow("valid job")
    static void aValidJobPasses() {
        assertAllowed(train(script("master", 1), script("worker", 2)));
    }

    @ProseRow("name starts with a digit / has dots")
    static void namesAreLabels() {
        for (String name : List.of("1job", "my.job")) {
            assertDenied(
                    MLTrain.builder()
                            .from(train(script("worker", 1)))
                            .name(name)
                            .build(),
                    "metadata.name ML-440");
        }
    }

    /** A container is what a role runs: a command, or an image that brings one. */
    @ProseRow("role with no containers")
    static void aRoleRunsSomething() {
        assertDenied(train(Role.named("worker").build()), "spec.roles[0].command ML-447");
    }

    @ProseRow("container image empty")
    static void anImageHasAName() {
        Role role = Role.builder().from(script("worker", 1)).image("").build();
        assertDenied(train(role), "spec.roles[0].image ML-462");
    }

    /** There the container's name says which of several the framework is to see; here the job names the framework. */
    @ProseRow("no container named pytorch|tensorflow|xgboost|paddle|jax")
    static void theFrameworkIsNamed() {
        assertDenied(
                MLTrain.builder()
                        .from(train(script("worker", 1)))
                        .framework("trainer")
                        .build(),
                "spec.framework ML-470");
        assertDeniedText("metadata: {name: job}\nspec: {roles: [{name: worker, command: [train]}]}", "ML-410");
    }

    @ProseRow("PyTorch Master replicas 2")
    static void thereIsOneMaster() {
        assertDenied(train(script("master", 2), script("worker", 1)), "spec.roles[0].replicas PYTORCH-MASTER");
    }

    /** An elastic master is what is left of an elastic job without workers. */
    @ProseRow("elasticPolicy without Worker")
    static void aMasterIsNotElastic() {
        Role master = Role.builder()
                .from(torchrun("master", 1))
                .minReplicas(1)
                .maxReplicas(2)
                .build();
        assertDenied(train(master), "spec.roles[0].replicas PYTORCH-MASTER");
    }

    @ProseRow("Worker replicas 0 (with elasticPolicy)")
    static void anElasticRoleStartsWithSomebody() {
        Role worker = Role.builder()
                .from(torchrun("worker", 0))
                .minReplicas(1)
                .maxReplicas(3)
                .build();
        assertThat(Plans.admission().check(train(worker)))
                .anySatisfy(violation -> assertThat(violation.path() + " " + violation.code())
                        .isEqualTo("spec.roles[0].replicas ML-430"));
    }

    /** The engine that accepts a job manages it; there is nothing to say about that, so nothing can be said wrongly. */
    @ProseRow("managedBy other than kubeflow.org/training-operator or kueue.x-k8s.io/multikueue")
    static void nobodyElseManagesAJob() {
        assertDeniedText(
                "metadata: {name: job}\nspec: {framework: pytorch, managedBy: example.org/mine,"
                        + " roles: [{name: worker, command: [train]}]}",
                "ML-412");
    }

    /** A job that was accepted is never edited: only a new job can differ, and not while the old one lives. */
    @ProseRow("managedBy changed on update")
    static void anAcceptedJobStaysAsItWas() {
        assertSecondDenied(train(script("worker", 3)), train(script("worker", 1)));
    }

    @ProseRow("both spec.nprocPerNode and elasticPolicy.nProcPerNode")
    static void theNumberOfProcessesStandsInOnePlace() {
        assertDeniedText(
                "metadata: {name: job}\nspec:\n  framework: pytorch\n  frameworkOptions:\n    nprocPerNode: 2\n"
                        + "    nprocPerNode: 4\n  roles: [{name: worker, command: [torchrun, train.py]}]",
                "ML-411");
    }

    /** It is no longer deprecated: the option is the same for elastic jobs and for others. */
    @ProseRow("elasticPolicy.nProcPerNode alone")
    static void elasticJobsMaySayHowManyProcesses() {
        Role worker = Role.builder()
                .from(torchrun("worker", 1))
                .minReplicas(1)
                .maxReplicas(3)
                .build();
        assertAllowed(MLTrain.builder()
                .from(train(worker))
                .frameworkOptions(FrameworkOptions.of(Map.of("nprocPerNode", 2)))
                .build());
    }

    @ProseRow("schedulingPolicy.queue changed on update")
    static void anAcceptedJobStaysInItsQueue() {
        MLTrain job = train(script("worker", 1));
        assertSecondDenied(job, MLTrain.builder().from(job).queue("other").build());
    }

    private static MLTrain train(Role... roles) {
        return MLTrain.named("job").framework("pytorch").roles(List.of(roles)).build();
    }

    private static Role script(String name, int replicas) {
        return Role.named(name).replicas(replicas).command("python", "train.py").build();
    }

    private static Role torchrun(String name, int replicas) {
        return Role.named(name)
                .replicas(replicas)
                .command("torchrun", "train.py")
                .build();
    }

    private static void assertAllowed(MLTrain train) {
        assertThat(Plans.admission().check(train)).isEmpty();
    }

    private static void assertDenied(MLTrain train, String... findings) {
        assertThat(Plans.admission().check(train))
                .extracting(violation -> violation.path() + " " + violation.code())
                .containsExactly(findings);
    }

    private static void assertDeniedText(String text, String code) {
        String document = "apiVersion: mlengine.io/v1\nkind: MLTrain\n" + text;
        assertThat(TrainDocument.parse("job.yaml", document)
                        .read()
                        .admittedBy(Plans.admission())
                        .violations())
                .anySatisfy(placed -> assertThat(placed.violation().code()).isEqualTo(code));
    }

    private static void assertSecondDenied(MLTrain accepted, MLTrain changed) {
        SimulatedEngine simulation = SimulatedEngine.builder()
                .launchers(new DirectLaunchers(List.of(Plans.launcher(accepted.shape()))))
                .queues(
                        QueueConfig.named("default").build(),
                        QueueConfig.named("other").build())
                .build();
        JobHandle job = simulation.submit(accepted);
        assertThat(simulation.trySubmit(changed))
                .isInstanceOfSatisfying(
                        SubmitResult.Rejected.class,
                        rejected -> assertThat(rejected.violations())
                                .extracting(Violation::path)
                                .containsExactly("metadata.name"));
        assertThat(job.view().record().train())
                .isEqualTo(Plans.admission().admit(accepted).train());
    }
}
