package io.mlengine.benchmarks;

import io.mlengine.core.document.TrainDocument;
import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.Role;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The PyTorch example with two processes, as a job and with torchrun alone, in turns. */
final class PyTorchBenchmark implements Benchmarks.Benchmark {
    private static final int ROUNDS = Integer.getInteger("mlengine.benchmark.rounds", 3);
    private static final List<String> ARGUMENTS = List.of("--epochs", "10");

    @Override
    public void run() throws Exception {
        Path folder = Path.of("examples", "pytorch-ddp").toRealPath();
        String python = System.getenv().getOrDefault("MLENGINE_PYTHON", "python3");
        Samples alone = new Samples("torchrun alone", "s");
        Samples job = new Samples("the same as a job", "s");
        Samples share = new Samples("job against torchrun", "%");
        // The machine may have fewer cores than the job asks for; both ways then share what there is.
        try (Workbench bench = new Workbench(builder -> builder.cpuMillis(4_000))) {
            torchrun(bench.root, folder, python);
            asJob(bench, folder, 0);
            for (int round = 1; round <= ROUNDS; round++) {
                double one = torchrun(bench.root, folder, python);
                double other = asJob(bench, folder, round);
                alone.add(one);
                job.add(other);
                share.add(100 * other / one);
            }
        }
        alone.print();
        job.print();
        share.print();
    }

    private static double torchrun(Path root, Path folder, String python) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(python, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "train.py"));
        command.addAll(ARGUMENTS);
        Path files = Files.createTempDirectory(root, "alone");
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment()
                .putAll(Map.of(
                        "OMP_NUM_THREADS", "1",
                        "PYTHONUNBUFFERED", "1",
                        "MLENGINE_CHECKPOINT_DIR", files.resolve("checkpoints").toString(),
                        "MLENGINE_OUTPUT_DIR", files.resolve("outputs").toString(),
                        "MLENGINE_PROGRESS_FILE", files.resolve("progress").toString()));
        File log = files.resolve("log").toFile();
        long begin = System.nanoTime();
        int exit = builder.redirectErrorStream(true).redirectOutput(log).start().waitFor();
        double seconds = (System.nanoTime() - begin) / 1e9;
        if (exit != 0) {
            throw new IllegalStateException("torchrun ended with " + exit + ": " + Files.readString(log.toPath()));
        }
        return seconds;
    }

    private static double asJob(Workbench bench, Path folder, int round) throws IOException {
        MLTrain train = TrainDocument.parse("train.yaml", Files.readAllBytes(folder.resolve("train.yaml")))
                .set("code.path=" + folder)
                .read()
                .train()
                .orElseThrow();
        Role role = train.roles().get(0);
        List<String> command = new ArrayList<>(List.of("python", "train.py"));
        command.addAll(ARGUMENTS);
        MLTrain job = MLTrain.builder()
                .from(train)
                .name("round-" + round)
                .roles(List.of(Role.builder().from(role).command(command).build()))
                .build();
        long begin = System.nanoTime();
        bench.run(job);
        return (System.nanoTime() - begin) / 1e9;
    }
}
