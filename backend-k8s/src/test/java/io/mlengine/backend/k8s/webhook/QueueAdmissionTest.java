package io.mlengine.backend.k8s.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mlengine.core.queue.QueueConfig;
import io.mlengine.core.queue.QueueTree;
import io.mlengine.spi.model.Violation;
import java.util.List;
import org.junit.jupiter.api.Test;

class QueueAdmissionTest {
    private final List<QueueConfig> stored = List.of(
            QueueConfig.named("all").gpus(8).build(),
            QueueConfig.named("research").parent("all").gpus(4).build(),
            QueueConfig.named("vision").parent("research").build());
    private final QueueAdmission admission = new QueueAdmission(() -> stored);

    private static ObjectNode queue(String name, String spec) {
        return Samples.yaml("""
                apiVersion: mlengine.io/v1
                kind: MLQueue
                metadata: {name: %s}
                spec: {%s}
                """.formatted(name, spec));
    }

    private static Review delete(JsonNode queue) {
        return Review.builder()
                .uid("1")
                .operation(Review.Operation.DELETE)
                .kind("MLQueue")
                .user(Samples.ANN)
                .oldObject(queue)
                .build();
    }

    private static List<String> causes(Verdict verdict) {
        return verdict.refusal().map(Refusal::causes).orElse(List.of()).stream()
                .map(cause -> cause.code() + " " + cause.field() + " " + cause.message())
                .toList();
    }

    @Test
    void aSoundQueuePasses() {
        assertThat(admission.admit(Samples.create(queue("text", "parent: research, gpus: 2"))))
                .isEqualTo(Verdict.ALLOWED);
    }

    @Test
    void aParentMustExist() {
        Violation ofCore = QueueTree.problems(
                        List.of(QueueConfig.named("text").parent("serch").build()))
                .get(0);

        Verdict verdict = admission.admit(Samples.create(queue("text", "parent: serch")));

        assertThat(causes(verdict)).singleElement().asString().startsWith("ML-430 spec.parent " + ofCore.message());
        assertThat(verdict.refusal().orElseThrow().message()).isEqualTo("""
                text is not valid: 1 problem, nothing was made

                1  spec.parent  ML-430 there is no such queue
                       |   `serch`: a parent must exist, and must not be below its own child

                more   mlengine help ML-430
                """);
    }

    @Test
    void aQueueIsNotBelowItself() {
        Verdict verdict =
                admission.admit(Samples.update(queue("all", "gpus: 8"), queue("all", "gpus: 8, parent: vision")));

        assertThat(causes(verdict))
                .singleElement()
                .asString()
                .contains("spec.parent", "the chain of parents never ends");
        assertThat(verdict.refusal().orElseThrow().message()).contains("nothing was changed");
        assertThat(causes(admission.admit(Samples.create(queue("self", "parent: self")))))
                .hasSize(1);
    }

    @Test
    void aLimitIsNotNegative() {
        assertThat(causes(admission.admit(Samples.create(queue("text", "gpus: -1, jobs: -2")))))
                .containsExactly(
                        "ML-430 spec.gpus a limit is not negative", "ML-430 spec.jobs a limit is not negative");
    }

    @Test
    void whatWasWrongBeforeIsNotHeldAgainstAnotherChange() {
        ObjectNode orphan = queue("text", "parent: gone");

        assertThat(admission.admit(Samples.update(orphan, queue("text", "parent: gone, stopped: true"))))
                .isEqualTo(Verdict.ALLOWED);
    }

    @Test
    void limitsThatCannotBeReachedAreTold() {
        assertThat(admission
                        .admit(Samples.create(queue("text", "parent: research, gpus: 6")))
                        .warnings())
                .containsExactly(
                        "queue text may hold 6 gpus, but queue research above it only 4: the lower one counts");
        assertThat(admission
                        .admit(Samples.update(queue("all", "gpus: 8"), queue("all", "gpus: 2")))
                        .warnings())
                .containsExactly("queue research may hold 4 gpus, but queue all above it only 2: the lower one counts");
    }

    @Test
    void aParentIsNotDeleted() {
        Verdict verdict = admission.admit(delete(queue("research", "parent: all")));

        assertThat(verdict.refusal().orElseThrow().message())
                .isEqualTo("queue research is the parent of vision, nothing was deleted: its limits hold for them; give"
                        + " them another parent, or none, first");
    }

    @Test
    void whoDeletesAQueueWithJobsIsToldWhatBecomesOfThem() {
        ObjectNode busy = queue("vision", "parent: research");
        busy.putObject("status").put("running", 2).put("waiting", 3);

        Verdict verdict = admission.admit(delete(busy));

        assertThat(verdict.isAllowed()).isTrue();
        assertThat(verdict.warnings()).singleElement().asString().contains("2 running and 3 waiting jobs");
        assertThat(admission.admit(delete(queue("vision", ""))).warnings()).isEmpty();
    }

    @Test
    void theLastQueueTakesAllLimitsWithIt() {
        QueueAdmission single =
                new QueueAdmission(() -> List.of(QueueConfig.named("all").build()));

        assertThat(single.admit(delete(queue("all", ""))).warnings())
                .containsExactly("no queue is left: jobs may name any queue now, and nothing is limited");
    }

    @Test
    void whatHasNotTheFormOfAQueueIsLeftToTheSchema() {
        assertThat(admission.admit(Samples.create(queue("text", "memory: plenty"))))
                .isEqualTo(Verdict.ALLOWED);
        assertThat(admission.admit(Samples.create(queue("text", "gpus: many")))).isEqualTo(Verdict.ALLOWED);
    }
}
