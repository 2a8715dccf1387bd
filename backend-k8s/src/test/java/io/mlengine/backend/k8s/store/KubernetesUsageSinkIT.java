package io.mlengine.backend.k8s.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mlengine.backend.k8s.cluster.Leadership;
import io.mlengine.backend.k8s.resource.JobIds;
import io.mlengine.backend.k8s.resource.MLUsageResource;
import io.mlengine.backend.k8s.resource.MLUsages;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.backend.k8s.testing.Definitions;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.core.metering.AttemptUsage;
import io.mlengine.core.metering.UsageRecord;
import io.mlengine.spi.model.AttemptId;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class KubernetesUsageSinkIT {
    private static final String UID = "1f0c3a52-8f3e-4000-8000-000000000000";
    private static final String SIMILAR = "1f0c3a52-8f3e-4000-8000-000000000001";

    private final KubernetesServer server = KubernetesServer.shared();
    private final KubernetesClient client = server.client();
    private final KubernetesUsageSink sink = new KubernetesUsageSink(client, leading(true));
    private String namespace = "";

    @BeforeEach
    void install() {
        Definitions.install(client);
        namespace = server.newNamespace();
    }

    private static Leadership leading(boolean isHeld) {
        return new Leadership() {
            @Override
            public boolean isHeld() {
                return isHeld;
            }

            @Override
            public long token() {
                return 1;
            }

            @Override
            public Optional<Instant> heldUntil() {
                return Optional.empty();
            }
        };
    }

    private AttemptUsage usage(String uid, String deviceModel) {
        AttemptId attempt = new AttemptId(JobIds.of(uid), 2);
        UsageRecord held = UsageRecord.builder()
                .attempt(attempt)
                .queue("research")
                .user("ana")
                .deviceModel(deviceModel)
                .since(Instant.parse("2026-11-26T12:00:00.250Z"))
                .until(Instant.parse("2026-11-26T12:00:10Z"))
                .deviceMillis(2 * 9_750)
                .cpuMilliMillis(BigInteger.ZERO)
                .memoryByteMillis(BigInteger.ZERO)
                .worth(UsageRecord.Worth.USEFUL)
                .build();
        return new AttemptUsage(attempt, namespace, "bert", List.of(held));
    }

    private List<MLUsageResource> written() {
        return client.resources(MLUsageResource.class)
                .inNamespace(namespace)
                .list()
                .getItems();
    }

    @Test
    void theSameAttemptAgainChangesNothing() {
        AttemptUsage usage = usage(UID, "A100");
        sink.record(usage);
        sink.record(usage);
        // An engine that does not know the node any more.
        sink.record(usage(UID, UsageRecord.UNKNOWN));

        assertThat(written()).singleElement().satisfies(object -> {
            assertThat(MLUsages.records(object)).isEqualTo(usage.records());
            assertThat(object.getMetadata().getGeneration()).isEqualTo(1);
        });
    }

    @Test
    void aNameThatIsTakenByAnotherObjectIsNoAcknowledgement() {
        sink.record(usage(SIMILAR, "A100"));

        assertThatThrownBy(() -> sink.record(usage(UID, "A100")))
                .hasMessageContaining("bert-1f0c3a52-8f3e-a2")
                .hasMessageContaining("delete it");
    }

    @Test
    void whoDoesNotLeadWritesNothing() {
        KubernetesUsageSink follower = new KubernetesUsageSink(client, leading(false));

        assertThatThrownBy(() -> follower.record(usage(UID, "A100"))).isInstanceOf(IllegalStateException.class);
        assertThat(written()).isEmpty();
    }

    @Test
    void usageGoesWithItsNamespace() {
        client.namespaces().withName(namespace).delete();
        Await.until(
                "the namespace ends",
                () -> Optional.ofNullable(
                                client.namespaces().withName(namespace).get())
                        .map(Namespace::isMarkedForDeletion)
                        .orElse(true));

        sink.record(usage(UID, "A100"));
        namespace = "never-was";
        sink.record(usage(UID, "A100"));
    }
}
