package io.mlengine.plugins.program;

import io.mlengine.spi.framework.PlanFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Reads programs. To be called from static initialisers only: a launcher that plans reads no files. */
public final class Programs {
    private Programs() {}

    /**
     * Reads a program that lies beside a class.
     *
     * @param owner the class
     * @param name the file's name, which it also has in the plan
     * @param executable whether it is started by its name
     * @return the file
     * @throws IllegalStateException when the jar lacks it
     */
    public static PlanFile beside(Class<?> owner, String name, boolean executable) {
        try (InputStream stream = owner.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException("the plugin's jar lacks " + name);
            }
            return new PlanFile(name, new String(stream.readAllBytes(), StandardCharsets.UTF_8), executable);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
