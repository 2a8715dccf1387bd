package io.mlengine.backend.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.backend.k8s.webhook.WebhookSettings;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebhookServiceTest {
    @ParameterizedTest
    @CsvSource({
        "https://hooks.example.com:8443, hooks.example.com, 8443",
        "https://hooks.example.com, hooks.example.com, 443",
        "https://10.0.0.7:9443/, 10.0.0.7, 9443"
    })
    void theApiServerIsSentWhereTheUrlSays(String url, String host, int port) {
        WebhookSettings settings = WebhookService.settings(
                OperatorSettings.builder()
                        .webhookPort(9000)
                        .webhookUrl(URI.create(url))
                        .build(),
                "ops",
                30);

        assertThat(settings.outsideHost()).contains(host);
        assertThat(settings.outsidePort()).hasValue(port);
        assertThat(settings.port()).isEqualTo(9000);
        assertThat(settings.hosts()).contains(host);
    }

    @Test
    void withoutAUrlTheServiceIsTheWay() {
        WebhookSettings settings =
                WebhookService.settings(OperatorSettings.builder().build(), "ops", 30);

        assertThat(settings.outsideHost()).isEmpty();
        assertThat(settings.outsidePort()).isEmpty();
        assertThat(settings.namespace()).isEqualTo("ops");
    }
}
