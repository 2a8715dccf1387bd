package io.mlengine.backend.local.prepare;

import java.io.IOException;
import java.nio.file.Path;

/** Another engine that uses an environment until its input ends; arguments are the folder of environments and a name. */
final class EnvironmentUserMain {
    private EnvironmentUserMain() {}

    public static void main(String[] arguments) throws IOException {
        EnvironmentUse use = EnvironmentUses.begin(new EnvironmentPlace(Path.of(arguments[0]), arguments[1]));
        System.out.println("in use");
        int end = System.in.read();
        System.out.println("end " + end);
        use.close();
    }
}
