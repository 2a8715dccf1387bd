package io.mlengine.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.mlengine.build.testing.PluginJars;
import io.mlengine.cli.docs.Page.Fence;
import io.mlengine.cli.host.Documents;
import io.mlengine.cli.host.LocalInstallation;
import io.mlengine.core.document.DocumentResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Keeps README, CONTRIBUTING and docs true: their code compiles and runs, their jobs are valid, their links lead on. */
class PagesTest {
    private static final Pattern SOURCE = Pattern.compile("source: (\\S+)");
    private static final Pattern FILE = Pattern.compile("file: (\\S+)");
    private static final Pattern COMMAND = Pattern.compile("^(?:\\./)?mlengine ([a-z]+)");
    private static final Pattern PRINTS = Pattern.compile("prints (.+)");

    /** Jobs may be of the frameworks that come with the engine, and of the one that the guide brings. */
    private static final String HELLO = "examples/plugin-hello/src/main/java/com/example/hello/HelloPlugin.java";

    @TempDir
    Path folder;

    private static Stream<Fence> fences(String language) {
        return Page.all().stream()
                .flatMap(page -> page.fences().stream())
                .filter(fence -> fence.language().equals(language));
    }

    @TestFactory
    Stream<DynamicTest> javaCompilesAndRuns() {
        return fences("java")
                .filter(fence -> !SOURCE.matcher(fence.comment()).find())
                .filter(fence -> !FILE.matcher(fence.comment()).find())
                .map(fence -> DynamicTest.dynamicTest(fence.place(), () -> {
                    Path own =
                            Files.createDirectories(folder.resolve(fence.place().replaceAll("[/:]", "-")));
                    assertThat(JavaFences.problems(fence, own)).isEmpty();
                    if (fence.comment().equals("java: test")) {
                        JavaFences.test(fence, own);
                    }
                    if (fence.comment().contains(", run")) {
                        String printed = JavaFences.run(fence, own);
                        Matcher prints = PRINTS.matcher(fence.comment());
                        assertThat(printed).contains(prints.find() ? prints.group(1) : "");
                    }
                }));
    }

    /**
     * {@code <!-- file: path -->}: the block is that file; {@code <!-- source: path -->}: it is that file from its first
     * type on, without package and imports.
     */
    @Test
    void sourcesAreShownAsTheyAre() throws IOException {
        for (Page page : Page.all()) {
            // From the last to the first, so that an update does not move those that are still to come.
            for (int i = page.fences().size() - 1; i >= 0; i--) {
                Fence fence = page.fences().get(i);
                Matcher source = SOURCE.matcher(fence.comment());
                if (source.find()) {
                    GeneratedPart.assertMatches(fence, withoutImports(text(source.group(1))));
                }
                Matcher file = FILE.matcher(fence.comment());
                if (file.find()) {
                    GeneratedPart.assertMatches(fence, text(file.group(1)));
                }
            }
        }
    }

    private static String text(String path) throws IOException {
        return Files.readString(Page.REPOSITORY.resolve(path));
    }

    private static String withoutImports(String source) {
        return source.lines()
                .dropWhile(line -> line.isBlank() || line.startsWith("package ") || line.startsWith("import "))
                .map(line -> line + "\n")
                .collect(Collectors.joining());
    }

    @TestFactory
    Stream<DynamicTest> jobsAreValid() throws IOException {
        Stream<DynamicTest> inPages =
                fences("yaml").map(fence -> DynamicTest.dynamicTest(fence.place(), () -> requireValid(fence.text())));
        List<DynamicTest> examples = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Page.REPOSITORY.resolve("examples"), 2)) {
            for (Path file : files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList()) {
                String text = Files.readString(file);
                // Beside jobs stand other objects that a cluster needs for them.
                if (text.contains("kind: MLTrain")) {
                    examples.add(DynamicTest.dynamicTest(
                            Page.REPOSITORY.relativize(file).toString(), () -> requireValid(text)));
                }
            }
        }
        return Stream.concat(inPages, examples.stream());
    }

    private void requireValid(String text) throws IOException {
        Path plugins = Files.createTempDirectory(folder, "plugins");
        PluginJars.jar(plugins, "hello")
                .source("com.example.hello.HelloPlugin", text(HELLO))
                .extension("com.example.hello.HelloPlugin")
                .build();
        try (Documents documents = new LocalInstallation(new TreeMap<>(), folder).documents(List.of(plugins))) {
            DocumentResult result = documents.read("job.yaml", text.getBytes(StandardCharsets.UTF_8), List.of());
            assertThat(result.violations()).isEmpty();
            assertThat(result.train()).isPresent();
        }
    }

    @Test
    void linksLeadSomewhere() {
        List<String> dead = new ArrayList<>();
        for (Page page : Page.all()) {
            for (String link : page.links()) {
                String[] parts = link.split("#", 2);
                Path target = parts[0].isEmpty()
                        ? page.file()
                        : page.file().resolveSibling(parts[0]).normalize();
                if (!Files.exists(target)) {
                    dead.add(page.name() + ": " + link + " is not there");
                } else if (parts.length == 2 && !Page.read(target).anchors().contains(parts[1])) {
                    dead.add(page.name() + ": " + link + ": no such heading");
                }
            }
        }
        assertThat(dead).isEmpty();
    }

    @Test
    void namesInProseAreNamesInTheSources() throws IOException {
        SourceWords sources = SourceWords.read();
        List<String> unknown = new ArrayList<>();
        for (Page page : Page.all()) {
            page.words().stream()
                    .filter(word -> !sources.knows(word))
                    .forEach(word -> unknown.add(page.name() + ": `" + word + "`"));
        }
        assertThat(unknown).as("names that occur in no file of this repository").isEmpty();
    }

    @Test
    void commandsAndOptionsExist() throws IOException {
        Map<String, Set<String>> known = CommandWords.ofTheSources();
        assumeThat(known).as("commands of this module").isNotEmpty();
        List<String> unknown = new ArrayList<>();
        fences("sh")
                .forEach(fence -> fence.text().lines().forEach(line -> {
                    Matcher command = COMMAND.matcher(line);
                    if (command.find()) {
                        Set<String> options = known.get(command.group(1));
                        if (options == null) {
                            unknown.add(fence.place() + ": " + line);
                        } else {
                            Stream.of(line.split("[ =]+"))
                                    .filter(word -> word.matches("--?[a-z].*") && !options.contains(word))
                                    .forEach(word -> unknown.add(fence.place() + ": " + word + " in " + line));
                        }
                    }
                }));
        for (Page page : Page.all()) {
            for (String word : page.words()) {
                Matcher command = COMMAND.matcher(word);
                if (command.find() && !known.containsKey(command.group(1))) {
                    unknown.add(page.name() + ": " + word);
                }
            }
        }
        assertThat(unknown).isEmpty();
    }

    @Test
    void readmeBeginsWithTheTwoCommands() {
        List<String> commands = Page.read(Page.REPOSITORY.resolve("README.md")).fences().stream()
                .filter(fence -> fence.language().equals("sh"))
                .limit(2)
                .map(fence -> fence.text().lines().findFirst().orElse(""))
                .toList();
        assertThat(commands).containsExactly("./mlengine run examples/pytorch-ddp/train.yaml", "mvn verify");
    }

    @Test
    void readmeShowsTheStatesThatTheTableHas() throws IOException {
        GeneratedPart.assertMatches(
                diagram("README.md"), diagram("docs/job-states.md").text());
    }

    private static Fence diagram(String page) {
        return Page.read(Page.REPOSITORY.resolve(page)).fences().stream()
                .filter(fence -> fence.language().equals("mermaid"))
                .findFirst()
                .orElseThrow();
    }
}
