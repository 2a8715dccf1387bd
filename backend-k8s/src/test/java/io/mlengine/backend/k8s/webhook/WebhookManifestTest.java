package io.mlengine.backend.k8s.webhook;

import io.mlengine.backend.k8s.resource.InstallManifests;
import io.mlengine.backend.k8s.resource.ManifestYaml;
import io.mlengine.build.testing.GoldenFile;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WebhookManifestTest {
    /** A file of its own: as soon as it is applied, jobs are refused until the operator answers. */
    @Test
    void theShippedRegistrationIsTheOneOfTheCode() {
        WebhookSettings settings = WebhookSettings.builder()
                .namespace(InstallManifests.NAMESPACE)
                .service(InstallManifests.WEBHOOK_SERVICE)
                .serverMinor(20)
                .build();
        WebhookConfigurations configurations = new WebhookConfigurations(settings, Optional.empty());
        GoldenFile.named("../../../../docs/deploy/webhooks.yaml")
                .assertMatches(ManifestYaml.of(List.of(configurations.mutating(), configurations.validating())));
    }
}
