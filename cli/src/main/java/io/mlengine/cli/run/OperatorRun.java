package io.mlengine.cli.run;

import io.mlengine.backend.k8s.operator.OperatorRuntime;
import io.mlengine.cli.output.ExitCode;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Runs a controller until a signal comes. The signal ends the controller and not its jobs; a second one, or an end that
 * takes too long, gives up waiting.
 */
public final class OperatorRun {
    /** Less than the ten seconds that are promised, and than the thirty after which a kubelet kills. */
    public static final Duration END_WITHIN = Duration.ofSeconds(9);

    private final OperatorRuntime runtime;
    private final SignalSource signals;
    private final Consumer<String> remarks;
    private final Duration endWithin;
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

    /**
     * A run of one controller.
     *
     * @param runtime the controller, which the run starts and closes
     * @param signals where signals come from
     * @param remarks takes lines for people
     * @param endWithin how long the end may take
     */
    public OperatorRun(OperatorRuntime runtime, SignalSource signals, Consumer<String> remarks, Duration endWithin) {
        this.runtime = runtime;
        this.signals = signals;
        this.remarks = remarks;
        this.endWithin = endWithin;
    }

    /**
     * Runs.
     *
     * @return how the command ends: after Ctrl-C as one that only looked on, since the jobs go on
     */
    public ExitCode run() {
        signals.on("INT", () -> received.add("INT"));
        signals.on("TERM", () -> received.add("TERM"));
        runtime.start();
        try {
            String signal = received.take();
            remarks.accept("ending after SIG" + signal + "; jobs go on");
            if (!endsInTime()) {
                remarks.accept("not ended in order: the next leader waits until the lease runs out");
                return ExitCode.ENGINE;
            }
            return signal.equals("INT") ? ExitCode.INTERRUPTED : ExitCode.OK;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.ENGINE;
        }
    }

    private boolean endsInTime() throws InterruptedException {
        Thread closer = new Thread(
                () -> {
                    try {
                        runtime.close();
                        received.add("ended");
                    } catch (RuntimeException e) {
                        received.add("failed: " + e.getMessage());
                    }
                },
                "mlengine-closer");
        closer.setDaemon(true);
        closer.start();
        return "ended".equals(received.poll(endWithin.toMillis(), TimeUnit.MILLISECONDS));
    }
}
