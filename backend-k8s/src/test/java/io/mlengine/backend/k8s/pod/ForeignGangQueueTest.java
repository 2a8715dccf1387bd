package io.mlengine.backend.k8s.pod;

import static io.mlengine.backend.k8s.pod.ForeignGangTest.NO_CLAIMS;
import static io.mlengine.backend.k8s.pod.ForeignGangTest.on;
import static io.mlengine.backend.k8s.pod.ForeignGangTest.pod;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.mlengine.spi.backend.ExternalGang;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which queue a gang of others may use. */
class ForeignGangQueueTest {
    private static ForeignGang in(String queue, QueueRight right, Pod... pods) {
        QueueRight.Source rights = (namespace, account, asked) ->
                asked.equals(queue) && account.equals("bot") ? right : QueueRight.ALLOWED;
        return ForeignGang.of(GangName.of(pods[0]), List.of(pods), Map.of(), Set.of(), NO_CLAIMS, rights);
    }

    private static Pod labelled(Pod pod, String queue) {
        return new PodBuilder(pod)
                .editMetadata()
                .addToLabels("mlengine.io/queue", queue)
                .endMetadata()
                .editSpec()
                .withServiceAccountName("bot")
                .endSpec()
                .build();
    }

    @Test
    void aQueueThatTheirAccountMayNotUseIsRefusedAndNotFilled() {
        QueueRight refused = new QueueRight(QueueRight.Kind.REFUSED, "service account bot may not");
        Pod named = labelled(on(0, "n1", "2026-11-26T10:00:02Z"), "research");
        Pod waiting = labelled(pod(1).build(), "research");

        ForeignGang gang = in("research", refused, named, waiting);

        assertThat(gang.refusal())
                .contains(new Unsupported(
                        "metadata.labels[mlengine.io/queue]", "QueueForbidden", "service account bot may not"));
        assertThat(gang.gang().queue()).isEqualTo("default");
        assertThat(gang.gang().members()).extracting(ExternalGang.Member::name).containsExactly("worker-0/uid-0");
    }

    @Test
    void whileItIsNotKnownWhoMayUseAQueueNothingIsPlacedAndNothingSaid() {
        ForeignGang gang = in(
                "research",
                QueueRight.ASKED,
                labelled(on(0, "n1", "2026-11-26T10:00:02Z"), "research"),
                labelled(pod(1).build(), "research"));

        assertThat(gang.refusal()).isEmpty();
        assertThat(gang.gang().queue()).isEqualTo("research");
        assertThat(gang.gang().members()).hasSize(1);
    }

    @Test
    void theDefaultQueueIsEverybodys() {
        QueueRight refused = new QueueRight(QueueRight.Kind.REFUSED, "service account bot may not");

        ForeignGang gang = in("default", refused, labelled(pod(0).build(), "default"));

        assertThat(gang.refusal()).isEmpty();
        assertThat(gang.gang().members()).hasSize(1);
    }
}
