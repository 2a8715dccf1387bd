package io.mlengine.cli.real;

import io.mlengine.core.document.DocumentResult;
import io.mlengine.core.document.TrainDocument;
import io.mlengine.core.job.MLTrain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** The documents of the PyTorch example, with other arguments for the script. */
final class PyTorchJobs {
    private static final Path FOLDER = Path.of("..", "examples", "pytorch-ddp");

    private PyTorchJobs() {}

    /** Reads a document of the example; arguments are added to the command of its role. */
    static MLTrain read(String file, String... arguments) throws IOException {
        return read(file, train -> train, arguments);
    }

    static MLTrain read(String file, UnaryOperator<MLTrain.Builder> change, String... arguments) throws IOException {
        Path folder = FOLDER.toRealPath();
        DocumentResult result = TrainDocument.parse(file, Files.readAllBytes(folder.resolve(file)))
                .set("code.path=" + folder)
                .read();
        if (!result.isValid()) {
            throw new AssertionError(result.violations());
        }
        MLTrain train = result.train().orElseThrow();
        var role = train.roles().get(0);
        List<String> command = new ArrayList<>(role.command());
        command.addAll(List.of(arguments));
        return change.apply(MLTrain.builder()
                        .from(train)
                        .roles(List.of(io.mlengine.spi.model.Role.builder()
                                .from(role)
                                .command(command)
                                .build())))
                .build();
    }
}
