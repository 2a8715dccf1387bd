package io.mlengine.cli.host;

import com.sun.management.OperatingSystemMXBean;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.mlengine.backend.k8s.webhook.ReviewObserver;
import io.mlengine.core.api.MLEngine;
import io.mlengine.core.metrics.MLEngineMetrics;
import io.mlengine.core.metrics.MeasuredPolicy;
import io.mlengine.core.scheduling.SchedulingPolicy;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Everything that a controller counts, as a Prometheus scrape. Thread-safe. */
final class OperatorMetrics {
    private static final Duration[] LATENCIES = {
        Duration.ofMillis(5),
        Duration.ofMillis(25),
        Duration.ofMillis(100),
        Duration.ofMillis(500),
        Duration.ofSeconds(2),
        Duration.ofSeconds(10)
    };

    private final PrometheusMeterRegistry process = empty();
    // Each engine has meters of its own, which go with it.
    private final AtomicReference<PrometheusMeterRegistry> ofEngine = new AtomicReference<>(empty());
    private PrometheusMeterRegistry ofNext = empty();

    OperatorMetrics() {
        // First, because a filter counts for what comes after it.
        cpuTime();
        new JvmMemoryMetrics().bindTo(process);
        new JvmThreadMetrics().bindTo(process);
        new JvmGcMetrics().bindTo(process);
        new ProcessorMetrics().bindTo(process);
        new UptimeMetrics().bindTo(process);
    }

    /** In the unit that Prometheus wants, in place of nanoseconds. */
    private void cpuTime() {
        process.config().meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"));
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            FunctionCounter.builder("process.cpu", system, one -> one.getProcessCpuTime() / 1e9)
                    .description("CPU time of the process")
                    .baseUnit("seconds")
                    .register(process);
        }
    }

    private static PrometheusMeterRegistry empty() {
        return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    }

    /** The text of a scrape. */
    String scrape() {
        return process.scrape() + ofEngine.get().scrape();
    }

    /** Tells whether this process leads. */
    void leading(BooleanSupplier isLeading) {
        Gauge.builder("mlengine.operator.leading", isLeading, leads -> leads.getAsBoolean() ? 1 : 0)
                .description("1 while this process leads, 0 while it stands by")
                .strongReference(true)
                .register(process);
    }

    /** Tells until when the webhooks' certificate is valid. */
    void certificate(Supplier<Optional<Instant>> validUntil) {
        Gauge.builder(
                        "mlengine.webhook.certificate.expiry",
                        validUntil,
                        until -> until.get()
                                .map(Instant::getEpochSecond)
                                .map(Long::doubleValue)
                                .orElse(Double.NaN))
                .description("until when the certificate of the webhooks is valid, as seconds since 1970")
                .baseUnit("seconds")
                .strongReference(true)
                .register(process);
    }

    /** Counts a request to the API server. */
    void request(String verb, String resource, int status, Duration took) {
        Timer.builder("mlengine.kubernetes.requests")
                .description("requests to the API server until the head of the answer; status 0 without an answer")
                .tag("verb", verb)
                .tag("resource", resource)
                .tag("status", Integer.toString(status))
                .serviceLevelObjectives(LATENCIES)
                .register(process)
                .record(took);
    }

    /** Counts a decision of a webhook. */
    void review(String path, ReviewObserver.Outcome outcome, Duration took) {
        Timer.builder("mlengine.webhook.reviews")
                .description("decisions of the admission webhooks")
                .tag("webhook", path.substring(1))
                .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                .serviceLevelObjectives(LATENCIES)
                .register(process)
                .record(took);
    }

    /** Measures the policy of the engine that is made next; engines are made one after the other. */
    synchronized SchedulingPolicy measured(SchedulingPolicy policy) {
        ofNext = empty();
        return new MeasuredPolicy(policy, ofNext);
    }

    /** Takes an engine's meters in until the result is closed. */
    synchronized AutoCloseable engine(MLEngine engine) {
        PrometheusMeterRegistry registry = ofNext;
        MLEngineMetrics metrics = new MLEngineMetrics(engine);
        metrics.bindTo(registry);
        ofEngine.set(registry);
        return () -> {
            metrics.close();
            ofEngine.compareAndSet(registry, empty());
        };
    }
}
