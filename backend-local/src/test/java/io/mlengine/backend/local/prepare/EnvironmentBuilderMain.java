package io.mlengine.backend.local.prepare;

import io.mlengine.spi.model.PythonEnvironment;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Another engine that wants an environment: arguments are the cache folder and one requirement. */
final class EnvironmentBuilderMain {
    private EnvironmentBuilderMain() {}

    public static void main(String[] arguments) throws PreparationException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        PythonEnvironment wanted =
                PythonEnvironment.builder().addRequirements(arguments[1]).build();
        PythonPlace place =
                new PythonEnvironments(Path.of(arguments[0]), System.getenv()).resolve(wanted, out::println);
        out.println("place " + place.python());
    }
}
