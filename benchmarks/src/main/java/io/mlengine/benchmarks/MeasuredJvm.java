package io.mlengine.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A JVM of its own that does what is measured, so that its share can be told from that of measuring. It is asked by lines
 * and answers by lines, works for one namespace at a time, and ends with its input. Not thread-safe.
 */
final class MeasuredJvm implements AutoCloseable {
    /** What the operator's image gives a JVM on a machine with the memory that the manifest allows. */
    private static final String USUAL_OPTIONS = "-Xmx1536m -XX:TieredStopAtLevel=1";

    private static final String BEGIN = "begin ";
    private static final String END = "end";
    private static final String HEAP = "heap";
    private static final String ASK = "ask ";
    private static final String DONE = "done ";

    private final Process process;
    private final Writer questions;
    private final BufferedReader answers;

    /** What such a JVM does between {@link #begin} and {@link #end}. */
    interface Work {
        /** Returns once it has begun; closing ends it. */
        AutoCloseable begin(String namespace) throws Exception;

        /** Answers a question of its own, on one line. */
        default String answer(String question) {
            throw new IllegalArgumentException("cannot answer " + question);
        }
    }

    private MeasuredJvm(Process process) {
        this.process = process;
        questions = process.outputWriter(StandardCharsets.UTF_8);
        answers = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Starts the main method of a class that calls {@link #serve}. */
    static MeasuredJvm start(Class<?> main, Path kubeconfig) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(Arrays.asList(options().split(" ")));
        command.addAll(List.of(
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                // The client tells at length what it tries again on a loaded machine.
                "-Dorg.slf4j.simpleLogger.log.io.vertx=error",
                "-Dorg.slf4j.simpleLogger.log.io.fabric8=error",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName(),
                kubeconfig.toString()));
        return new MeasuredJvm(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** Its options. */
    static String options() {
        return System.getProperty("mlengine.benchmark.jvm", USUAL_OPTIONS);
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** Begins with a namespace; returns when the work says that it has begun. */
    void begin(String namespace) throws IOException {
        ask(BEGIN + namespace);
    }

    /** Ends what was begun. */
    void end() throws IOException {
        ask(END);
    }

    /** Bytes of the heap that are in use after a collection. */
    long heapBytes() throws IOException {
        return Long.parseLong(ask(HEAP));
    }

    /** Asks the work a question of its own. */
    String answer(String question) throws IOException {
        return ask(ASK + question);
    }

    private String ask(String question) throws IOException {
        questions.write(question + "\n");
        questions.flush();
        for (String line = answers.readLine(); line != null; line = answers.readLine()) {
            if (line.startsWith(DONE)) {
                return line.substring(DONE.length());
            }
        }
        throw new IOException("the measured JVM ended when it was asked to " + question);
    }

    /** Answers questions until the input ends or a question cannot be answered; then the JVM ends. */
    static void serve(Work work) {
        try {
            answer(work);
            System.exit(0);
        } catch (Exception e) {
            // Threads of the work would keep the JVM alive, and the asker waiting.
            e.printStackTrace();
            System.exit(1);
        }
    }

    private static void answer(Work work) throws Exception {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        @Nullable AutoCloseable begun = null;
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            String answer = "";
            if (line.startsWith(BEGIN)) {
                begun = work.begin(line.substring(BEGIN.length()));
            } else if (line.equals(END) && begun != null) {
                begun.close();
                begun = null;
            } else if (line.equals(HEAP)) {
                answer = Long.toString(usedAfterCollection());
            } else if (line.startsWith(ASK)) {
                answer = work.answer(line.substring(ASK.length()));
            }
            System.out.println(DONE + answer);
        }
    }

    private static long usedAfterCollection() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @Override
    public void close() {
        try {
            questions.close();
            process.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
