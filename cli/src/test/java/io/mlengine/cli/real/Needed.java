package io.mlengine.cli.real;

import io.mlengine.build.testing.Machine;
import java.io.IOException;
import java.util.stream.Stream;

/** What a test needs of the machine. It is skipped without; {@code -Dmlengine.require=all} turns that into a failure. */
final class Needed {
    private static final String TORCH_2 = "import torch; assert int(torch.__version__.split('.')[0]) >= 2";

    /** Says whether a Python has a torch that Horovod compiles against, and the headers for it. */
    private static final String TORCH_WITH_HEADERS = """
            import os, torch, torch.utils.cpp_extension as extension
            assert [int(part) for part in torch.__version__.split(".")[:2]] < [2, 1]
            folders = extension.include_paths() + ["/usr/include"]
            assert any(os.path.exists(os.path.join(folder, "torch", "extension.h")) for folder in folders)
            """;

    private Needed() {}

    /** A Python that either has torch already or can make an environment with it. */
    static void python() {
        String named = System.getenv("MLENGINE_PYTHON");
        check(
                "python3 with venv and pip, or MLENGINE_PYTHON with torch",
                (named != null && succeeds(named, "-c", TORCH_2))
                        || succeeds("python3", "-c", TORCH_2)
                        || succeeds("python3", "-c", "import venv, ensurepip"));
    }

    /** What Horovod is built from. */
    static void horovod() {
        check(
                "torch before 2.1 with its headers (Debian: python3-torch libtorch-dev pybind11-dev)",
                Stream.of("python3", "/usr/bin/python3")
                        .anyMatch(python -> succeeds(python, "-c", TORCH_WITH_HEADERS)));
        check(
                "what builds Horovod (Debian: cmake g++ make)",
                succeeds("cmake", "--version") && succeeds("c++", "--version") && succeeds("make", "--version"));
    }

    /** Something that may be missing. */
    static void check(String what, boolean isThere) {
        Machine.needs(what, isThere);
    }

    static boolean succeeds(String... command) {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException notThere) {
            return false;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
