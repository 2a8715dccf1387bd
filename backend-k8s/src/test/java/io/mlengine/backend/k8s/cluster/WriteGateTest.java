package io.mlengine.backend.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.error.MLEngineException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class WriteGateTest {
    private static final Fence OLD = new Fence("a", 3);
    private static final Fence NEW = new Fence("b", 4);

    private final AtomicBoolean leads = new AtomicBoolean(true);
    private final WriteGate gate = new WriteGate(leads::get, RequestLimit.NONE);

    @Test
    void anOlderEngineIsRefusedOnceANewerOneIsKnown() {
        gate.accept(OLD);
        gate.pass(OLD);
        gate.accept(NEW);
        refuses(() -> gate.accept(OLD), KubernetesError.FENCED);
        refuses(() -> gate.pass(OLD), KubernetesError.FENCED);
        assertThatCode(() -> gate.pass(NEW)).doesNotThrowAnyException();
    }

    @Test
    void whoIsNotInChargeWritesNothing() {
        gate.accept(NEW);
        leads.set(false);
        refuses(() -> gate.pass(NEW), KubernetesError.NOT_LEADING);
    }

    @Test
    void aClosedGateLetsNothingThrough() {
        gate.close();
        refuses(() -> gate.accept(NEW), KubernetesError.CLOSED);
    }

    private static void refuses(ThrowingCallable order, KubernetesError code) {
        assertThatThrownBy(order)
                .asInstanceOf(InstanceOfAssertFactories.type(MLEngineException.class))
                .extracting(MLEngineException::code)
                .isEqualTo(code);
    }
}
