package io.mlengine.cli.real;

import io.mlengine.core.document.DocumentResult;
import io.mlengine.core.document.TrainDocument;
import io.mlengine.core.job.BackOff;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.RunPolicy;
import io.mlengine.spi.model.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** The documents of the Horovod example, with other arguments for the script. */
final class HorovodJobs {
    private static final Path FOLDER = Path.of("..", "examples", "horovod");

    /** Says whether a Python has a torch that Horovod compiles against, and the headers for it. */
    private static final String TORCH_WITH_HEADERS = """
            import os, torch, torch.utils.cpp_extension as extension
            assert [int(part) for part in torch.__version__.split(".")[:2]] < [2, 1]
            folders = extension.include_paths() + ["/usr/include"]
            assert any(os.path.exists(os.path.join(folder, "torch", "extension.h")) for folder in folders)
            """;

    private HorovodJobs() {}

    /** Skips the test on machines where Horovod cannot be built. */
    static void areNeeded() {
        Needed.check(
                "torch before 2.1 with its headers (Debian: python3-torch libtorch-dev pybind11-dev)",
                Stream.of("python3", "/usr/bin/python3")
                        .anyMatch(python -> Needed.succeeds(python, "-c", TORCH_WITH_HEADERS)));
        Needed.check(
                "what builds Horovod (Debian: cmake g++ make)",
                Needed.succeeds("cmake", "--version")
                        && Needed.succeeds("c++", "--version")
                        && Needed.succeeds("make", "--version"));
    }

    /** Reads a document of the example; arguments are added to the command of its workers, retries come soon. */
    static MLTrain read(String file, String... arguments) throws IOException {
        Path folder = FOLDER.toRealPath();
        DocumentResult result = TrainDocument.parse(file, Files.readAllBytes(folder.resolve(file)))
                .set("code.path=" + folder)
                .read();
        if (!result.isValid()) {
            throw new AssertionError(result.violations());
        }
        MLTrain train = result.train().orElseThrow();
        List<Role> roles = train.roles().stream()
                .map(role -> Role.builder()
                        .from(role)
                        .addAllCommand(List.of(arguments))
                        .build())
                .toList();
        return MLTrain.builder()
                .from(train)
                .roles(roles)
                .runPolicy(RunPolicy.builder()
                        .backOff(new BackOff(Duration.ofMillis(200), Duration.ofSeconds(1), Duration.ofMinutes(1)))
                        .build())
                .build();
    }
}
