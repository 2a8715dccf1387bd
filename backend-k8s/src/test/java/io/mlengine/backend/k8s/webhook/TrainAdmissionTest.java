package io.mlengine.backend.k8s.webhook;

import static io.mlengine.backend.k8s.webhook.Samples.create;
import static io.mlengine.backend.k8s.webhook.Samples.train;
import static io.mlengine.backend.k8s.webhook.Samples.update;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mlengine.core.document.ViolationText;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.queue.QueueConfig;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainAdmissionTest {
    private final TrainAdmission admission =
            new TrainAdmission(Samples.RULES, (user, namespace, queue) -> true, List::of);

    @Test
    void aValidJobIsAllowed() {
        assertThat(admission.admit(create(train()))).isEqualTo(Verdict.ALLOWED);
    }

    @Test
    void theTextIsThatOfValidate() {
        ObjectNode object = train("replicas: 2,", "replicas: 9,");
        MLTrain job = TrainObject.of(object).orElseThrow().train().orElseThrow();

        String expected = ViolationText.of("bert", "nothing was started", Samples.ENGINE.apply(job));

        assertThat(message(admission.admit(create(object))))
                .isEqualTo(expected)
                .contains("ML-431 contradiction", "4 is fewer than the 9 replicas that it starts with");
    }

    @Test
    void everythingIsToldAtOnceAndForProgramsToo() {
        Verdict whole = admission.admit(create(train("{name: chief, image: \"registry/bert:1\"", "{nam: chief")));

        assertThat(codes(whole)).contains("ML-410 spec.roles[0].name", "ML-412 spec.roles[0].nam");
        assertThat(message(whole)).contains("did you mean `name`?", "3 problems");
    }

    @Test
    void aRoleNeedsAnImage() {
        assertThat(codes(admission.admit(create(train("image: \"registry/bert:1\", replicas", "replicas")))))
                .containsExactly("ML-410 spec.roles[1].image");
    }

    @Test
    void foldersOfAMachineAreRefused() {
        ObjectNode object = train();
        object.withObject("/spec/code").put("path", ".");
        object.withObject("/spec")
                .putArray("inputs")
                .addObject()
                .put("name", "images")
                .put("source", "/data");

        assertThat(codes(admission.admit(create(object))))
                .containsExactly("ML-460 spec.code.path", "ML-460 spec.inputs[0].source");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/srv/bert.git", "./bert.git", "file:///srv/bert.git"})
    void repositoriesThatNoPodCanReachAreRefused(String repository) {
        ObjectNode object = train();
        object.withObject("/spec/code/git").put("repository", repository);

        assertThat(codes(admission.admit(create(object)))).containsExactly("ML-460 spec.code.git.repository");
    }

    @Test
    void namesMustLeaveRoomForPods() {
        assertThat(codes(admission.admit(create(train("name: bert", "name: " + "b".repeat(50))))))
                .containsExactly("ML-441 metadata.name", "ML-441 metadata.name");
    }

    @Test
    void aGeneratedNameIsJudgedWithRoomForItsEnd() {
        assertThat(admission
                        .admit(create(train("name: bert", "generateName: bert-")))
                        .isAllowed())
                .isTrue();
        assertThat(codes(admission.admit(create(train("name: bert", "generateName: " + "b".repeat(45))))))
                .isNotEmpty();
    }

    @Test
    void aQueueThatTheUserMayNotUseIsRefused() {
        TrainAdmission strict =
                new TrainAdmission(Samples.RULES, (user, namespace, queue) -> !queue.equals("research"), List::of);

        Verdict verdict = strict.admit(create(train()));

        assertThat(verdict.refusal().orElseThrow().reason()).isEqualTo(Refusal.Reason.FORBIDDEN);
        assertThat(message(verdict))
                .isEqualTo("user ann may not use queue research, nothing was started: ask for the permission `use` on"
                        + " mlqueues.mlengine.io/research");
        assertThat(strict.admit(create(train("queue: research", "queue: other")))
                        .isAllowed())
                .isTrue();
    }

    @Test
    void whenNobodyKnowsThePermissionTheJobIsRefused() {
        TrainAdmission blind = new TrainAdmission(
                Samples.RULES,
                (user, namespace, queue) -> {
                    throw new IllegalStateException("no API server");
                },
                List::of);

        Verdict verdict = blind.admit(create(train()));

        assertThat(verdict.refusal().orElseThrow().reason()).isEqualTo(Refusal.Reason.UNKNOWN);
        assertThat(message(verdict)).contains("try again").doesNotContain("no API server");
    }

    @Test
    void aPriorityThatTheQueueDoesNotTakeIsRefused() {
        List<QueueConfig> queues =
                List.of(QueueConfig.named("research").maxPriority(10).build());
        TrainAdmission bounded = new TrainAdmission(Samples.RULES, (user, namespace, queue) -> true, () -> queues);

        Verdict verdict = bounded.admit(create(priority(11)));

        assertThat(codes(verdict)).containsExactly("ML-436 spec.priority");
        assertThat(message(verdict)).contains("nothing was started", "`11`: queue research takes at most 10");
        assertThat(bounded.admit(create(priority(10))).isAllowed()).isTrue();
        assertThat(admission.admit(create(priority(11))).isAllowed()).isTrue();
    }

    @Test
    void whenNobodyKnowsTheHighestPriorityOnlyJobsThatAskForOneAreRefused() {
        TrainAdmission blind = new TrainAdmission(Samples.RULES, (user, namespace, queue) -> true, () -> {
            throw new IllegalStateException("no API server");
        });

        Verdict verdict = blind.admit(create(priority(1)));

        assertThat(verdict.refusal().orElseThrow().reason()).isEqualTo(Refusal.Reason.UNKNOWN);
        assertThat(message(verdict))
                .contains("queue research takes", "try again")
                .doesNotContain("no API server");
        assertThat(blind.admit(create(train())).isAllowed()).isTrue();
    }

    private static ObjectNode priority(int priority) {
        ObjectNode object = train();
        object.withObject("/spec").put("priority", priority);
        return object;
    }

    @Test
    void nobodySubmitsInAnothersName() {
        Verdict verdict = admission.admit(create(train("user: ann", "user: bob")));

        assertThat(message(verdict)).contains("mlengine.io/user");
    }

    @Test
    void theSubmitterNeverChanges() {
        assertThat(admission
                        .admit(update(train(), train("user: ann", "user: bob")))
                        .isAllowed())
                .isFalse();
        assertThat(admission
                        .admit(update(train(), train("{mlengine.io/user: ann}", "{}")))
                        .isAllowed())
                .isFalse();
        assertThat(admission
                        .admit(update(train("{mlengine.io/user: ann}", "{}"), train()))
                        .isAllowed())
                .isFalse();
    }

    @Test
    void metadataFinalizersAndStatusPass() {
        ObjectNode after = train();
        after.withObject("/metadata/labels").put("team", "vision");
        after.withArray("/metadata/finalizers").add("mlengine.io/cleanup");
        after.withObject("/status").put("phase", "Running");

        assertThat(admission.admit(update(train(), after))).isEqualTo(Verdict.ALLOWED);
    }

    @Test
    void aJobIsFixedOnceItIsAccepted() {
        Verdict verdict =
                admission.admit(update(train(), train("\"registry/bert:1\", command", "\"registry/bert:2\", command")));

        assertThat(message(verdict)).isEqualTo("""
                bert is not valid: 1 problem, nothing was changed

                1  spec.roles[0].image  ML-433 cannot be changed
                       |   was `registry/bert:1`, now `registry/bert:2`; a job is fixed once it is accepted, make another one

                more   mlengine help ML-433
                """);
    }

    @Test
    void wishesAndSizesMayChange() {
        ObjectNode before = train();
        before.withObject("/status").put("phase", "Running");

        assertThat(admission.admit(update(before, wish("Suspend"))).isAllowed()).isTrue();
        assertThat(admission.admit(update(wish("Suspend"), wish("Run"))).isAllowed())
                .isTrue();
        assertThat(admission
                        .admit(update(before, train("replicas: 2,", "replicas: 4,")))
                        .isAllowed())
                .isTrue();
        assertThat(codes(admission.admit(update(before, train("replicas: 2,", "replicas: 5,")))))
                .containsExactly("ML-430 spec.roles[1].replicas");
        assertThat(codes(admission.admit(update(before, train("queue: research", "queue: research\n  replicas: 7")))))
                .containsExactly("ML-430 spec.replicas");
        assertThat(codes(admission.admit(update(before, wish("Stop"))))).containsExactly("ML-422 spec.desired");
    }

    @Test
    void aJobThatHasEndedHasNoWishes() {
        ObjectNode before = train();
        before.withObject("/status").put("phase", "Failed");

        assertThat(message(admission.admit(update(before, wish("Cancel")))))
                .contains("spec.desired  ML-433 cannot be changed", "the job has ended (Failed), make another one");
    }

    @Test
    void aCancelledJobDoesNotComeBack() {
        assertThat(codes(admission.admit(update(wish("Cancel"), wish("Run"))))).containsExactly("ML-433 spec.desired");
        assertThat(codes(admission.admit(update(wish("Cancel"), train())))).containsExactly("ML-433 spec.desired");
    }

    @Test
    void aJobThatANewerEngineWouldRefuseCanStillBeCancelled() {
        ObjectNode before = train("name: worker", "nam: worker");
        ObjectNode after = before.deepCopy();
        after.withObject("/spec").put("desired", "Cancel");

        assertThat(admission.admit(update(before, after)).isAllowed()).isTrue();
    }

    private static ObjectNode wish(String word) {
        return train("queue: research", "queue: research\n  desired: " + word);
    }

    private static String message(Verdict verdict) {
        return verdict.refusal().map(Refusal::message).orElse("allowed");
    }

    private static List<String> codes(Verdict verdict) {
        return verdict.refusal().map(Refusal::causes).orElse(List.of()).stream()
                .map(cause -> cause.code() + " " + cause.field())
                .toList();
    }
}
