package io.mlengine.core.internal.inject;

import com.google.inject.CreationException;
import com.google.inject.Guice;
import com.google.inject.Module;
import com.google.inject.ProvisionException;
import io.mlengine.core.api.EngineErrorCode;
import io.mlengine.core.api.MLEngine;
import io.mlengine.spi.error.MLEngineException;
import java.util.Map;

/** Makes an engine for callers who do not use Guice themselves, and hides its exceptions from them. */
public final class EngineFactory {
    private EngineFactory() {}

    /**
     * Makes and starts an engine.
     *
     * @param module its description, which binds {@link MLEngine}
     * @return the engine
     * @throws MLEngineException when something needed is missing or fails
     */
    public static MLEngine start(Module module) {
        try {
            return Guice.createInjector(module).getInstance(MLEngine.class);
        } catch (CreationException e) {
            throw new MLEngineException(
                    EngineErrorCode.BAD_SETUP,
                    "The engine cannot be built. Maybe name a backend.",
                    Map.of("problems", e.getErrorMessages().toString()),
                    e);
        } catch (ProvisionException e) {
            if (e.getCause() instanceof MLEngineException cause) {
                throw cause;
            }
            throw new MLEngineException(
                    EngineErrorCode.BAD_SETUP, "The engine cannot be started.", Map.of("cause", e.getMessage()), e);
        }
    }
}
