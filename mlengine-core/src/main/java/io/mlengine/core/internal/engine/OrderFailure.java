package io.mlengine.core.internal.engine;

import io.mlengine.core.lifecycle.JobEvent;
import io.mlengine.spi.backend.OrderFailedException;
import io.mlengine.spi.error.ErrorCategory;
import io.mlengine.spi.error.MLEngineException;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.FailureClass;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * What an order that failed means for its job.
 *
 * @param failureClass whose fault it is
 * @param reason short word
 * @param message one sentence for people
 */
record OrderFailure(FailureClass failureClass, String reason, String message) {
    static OrderFailure of(Throwable error) {
        if (error instanceof OrderFailedException refused) {
            return new OrderFailure(refused.failureClass(), refused.reason(), refused.getMessage());
        }
        if (error instanceof MLEngineException coded) {
            boolean plugin = coded.code().category() == ErrorCategory.PLUGIN;
            return new OrderFailure(
                    plugin ? FailureClass.CONFIGURATION : FailureClass.INFRASTRUCTURE,
                    plugin ? "PluginFault" : "BackendError",
                    coded.getMessage());
        }
        return new OrderFailure(FailureClass.INFRASTRUCTURE, "BackendError", String.valueOf(error.getMessage()));
    }

    static OrderFailedException configuration(String reason, String message) {
        return new OrderFailedException(FailureClass.CONFIGURATION, reason, message, null);
    }

    static OrderFailedException restartToResize(String framework) {
        return new OrderFailedException(
                FailureClass.INFRASTRUCTURE,
                "RestartToResize",
                "the launcher of " + framework + " cannot change the size in place",
                null);
    }

    static Throwable unwrap(Throwable error) {
        Throwable current = error;
        while ((current instanceof CompletionException || current instanceof ExecutionException)
                && current.getCause() != null) {
            current = current.getCause();
        }
        return current;
    }

    JobEvent event(AttemptId attempt) {
        return new JobEvent.OrderFailed(attempt, failureClass, reason, message);
    }
}
