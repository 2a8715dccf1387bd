package io.mlengine.backend.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.spi.model.FailureClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiAnswerTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    409 | AlreadyExists   | pods "p" already exists                                       | EXISTS
                    409 | Conflict        | Operation cannot be fulfilled on resourcequotas "q"           | CONFLICT
                    404 | NotFound        | pods "p" not found                                            | MISSING
                    403 | Forbidden       | pods "p" is forbidden: exceeded quota: q, requested: pods=1   | QUOTA
                    403 | Forbidden       | pods is forbidden: User "x" cannot create resource "pods"     | FORBIDDEN
                    403 | Forbidden       | pods "p" is forbidden: violates PodSecurity "restricted"      | REFUSED
                    403 | Forbidden       | unable to create new content in n because it is being terminated | REFUSED
                    400 | BadRequest      | admission webhook "w" denied the request                      | REFUSED
                    422 | Invalid         | Pod "p" is invalid: spec.containers[0].image                  | REFUSED
                    429 | TooManyRequests | too many requests                                             | TRANSIENT
                    500 | InternalError   | etcdserver: request timed out                                 | TRANSIENT
                    503 |                 | the server is currently unable to handle the request          | TRANSIENT
                    401 | Unauthorized    | Unauthorized                                                  | TRANSIENT
                    0   |                 | connection refused                                            | TRANSIENT
                    """)
    void anAnswerHasOneMeaning(int code, String reason, String message, ApiAnswer expected) {
        assertThat(ApiAnswer.of(refusal(code, reason, message))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    403 | pods "p" is forbidden: exceeded quota: q           | QUOTA          | QuotaExceeded
                    403 | pods "p" is forbidden: violates PodSecurity        | CONFIGURATION  | Refused
                    403 | unable to create, n is being terminated            | CONFIGURATION  | NamespaceTerminating
                    404 | namespaces "n" not found                           | CONFIGURATION  | NamespaceMissing
                    503 | unavailable                                        | INFRASTRUCTURE | ApiUnavailable
                    """)
    void aFailedCreationSaysWhoseFaultItIs(int code, String message, FailureClass failure, String reason) {
        assertThat(ApiAnswer.orderFailed(refusal(code, "", message), "pod n/p"))
                .satisfies(failed -> assertThat(failed.failureClass()).isEqualTo(failure))
                .satisfies(failed -> assertThat(failed.reason()).isEqualTo(reason))
                .hasMessage("cannot create pod n/p: " + message);
    }

    private static KubernetesClientException refusal(int code, String reason, String message) {
        return new KubernetesClientException(
                "wrapped",
                code,
                new StatusBuilder()
                        .withCode(code)
                        .withReason(reason)
                        .withMessage(message)
                        .build());
    }
}
