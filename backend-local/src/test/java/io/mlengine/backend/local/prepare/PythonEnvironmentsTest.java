package io.mlengine.backend.local.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mlengine.backend.local.tool.Tool;
import io.mlengine.backend.local.tool.ToolResult;
import io.mlengine.spi.model.PythonEnvironment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the Python of this machine, but without pip. */
class PythonEnvironmentsTest {
    @TempDir
    Path folder;

    private final Map<String, String> environment = new TreeMap<>(System.getenv());
    private final List<String> said = new ArrayList<>();
    private Path python;
    private Path packages;

    @BeforeEach
    void makePythonThatHasSomePackages() throws Exception {
        Optional<PythonInterpreter> real =
                PythonInterpreter.ask(Tool.find("python3", environment).orElse(Path.of("/usr/bin/python3")), List.of());
        assumeTrue(real.isPresent(), "no Python 3 on this machine");
        // A virtual environment without pip is quick to make and has packages of its own.
        Path made = folder.resolve("own python");
        ToolResult result = Tool.of(real.get().executable().toString(), "-m", "venv", "--without-pip", made.toString())
                .run();
        assertThat(result.isSuccess()).isTrue();
        python = made.resolve("bin/python");
        packages = PythonInterpreter.ask(python, List.of()).orElseThrow().folders().stream()
                .filter(path -> path.endsWith("site-packages"))
                .findFirst()
                .orElseThrow();
        install("torch", "2.1.0+cpu");
        install("numpy", "1.26.4");
        install("early", "3.0rc1");
    }

    @Test
    void requirementsAreJudgedLikePipDoes() throws Exception {
        List<String> met = List.of(
                "torch",
                "torch>=2",
                "torch==2.1.0",
                "torch==2.1",
                "torch==2.1.*",
                "torch~=2.0",
                "torch>=1.13,<3",
                "numpy != 1.25",
                "numpy<=1.26.4",
                "Early<3");
        List<String> unmet = List.of(
                "torch>2.1",
                "torch<2",
                "torch~=2.0.0",
                "torch==2.0.*",
                "numpy!=1.26.*",
                "early>=3",
                "absent",
                "torch[extra]",
                "torch; python_version > '3'",
                "torch @ file:///tmp/torch.whl",
                "./folder");
        List<String> all = new ArrayList<>(met);
        all.addAll(unmet);
        assertThat(PythonInterpreter.ask(python, all).orElseThrow().unmet()).isEqualTo(unmet);
    }

    @Test
    void theFirstInterpreterThatMeetsAllIsUsed() throws Exception {
        environment.put("MLENGINE_PYTHON", python.toString());
        PythonPlace place = resolve(PythonEnvironment.builder()
                .addRequirements("torch>=2", "--extra-index-url https://example.org/cpu")
                .build());
        assertThat(place.python()).isEqualTo(python);
        assertThat(place.binFolder()).isEqualTo(python.getParent());
        assertThat(place.isEnvironment()).isFalse();
        assertThat(said).singleElement().asString().contains("meets torch>=2");
    }

    @Test
    void anAnswerIsRememberedUntilPackagesChange() throws Exception {
        environment.put("MLENGINE_PYTHON", python.toString());
        InterpreterChecks checks = new InterpreterChecks(folder.resolve("checks"));
        List<String> wanted = List.of("torch", "later");
        PythonInterpreter first = checks.ask(python, wanted).orElseThrow();
        assertThat(first.unmet()).containsExactly("later");
        assertThat(checks.ask(python, wanted)).contains(first);
        try (var remembered = Files.list(folder.resolve("checks"))) {
            assertThat(remembered).hasSize(1);
        }
        install("later", "1.0");
        Files.setLastModifiedTime(packages, java.nio.file.attribute.FileTime.fromMillis(1_000));
        assertThat(checks.ask(python, wanted).orElseThrow().unmet()).isEmpty();
    }

    @Test
    void aNamedInterpreterIsUsedAsItIs() throws Exception {
        PythonPlace place = resolve(PythonEnvironment.builder()
                .interpreter(python.toString())
                .addRequirements("absent")
                .build());
        assertThat(place.python()).isEqualTo(python);
        assertThat(said).singleElement().asString().contains("lacks absent");
    }

    @Test
    void aNamedInterpreterThatMeetsAllIsUsedWithoutAWord() throws Exception {
        environment.put("PATH", String.valueOf(python.getParent()));
        PythonPlace place = resolve(PythonEnvironment.builder()
                .interpreter("python")
                .addRequirements("torch>=2", "--extra-index-url https://me:secret@example.org/cpu")
                .systemSitePackages(true)
                .build());
        assertThat(place.python()).isEqualTo(python);
        assertThat(place.isEnvironment()).isFalse();
        assertThat(said).isEmpty();
    }

    @Test
    void aNamedInterpreterThatIsNoneIsTheJobsFault() throws Exception {
        Path text = Files.writeString(folder.resolve("text"), "x");
        for (String path : List.of("/no/such/python", text.toString(), "no-such-python", "/bin/true")) {
            PreparationException e = catchThrowableOfType(
                    PreparationException.class,
                    () -> resolve(PythonEnvironment.builder().interpreter(path).build()));
            assertThat(e.reason()).isEqualTo("PythonMissing");
            assertThat(e).hasMessageContaining(path).hasMessageContaining("Maybe");
        }
    }

    @Test
    void anInterpreterWithoutThePlainNameGetsAFolderThatHasIt() throws Exception {
        Path bin = Files.createDirectories(folder.resolve("bin"));
        Path only = Files.createSymbolicLink(bin.resolve("python3.99"), python.toRealPath());
        PythonPlace place =
                resolve(PythonEnvironment.builder().interpreter(only.toString()).build());
        assertThat(place.binFolder()).isNotEqualTo(bin);
        ToolResult result = Tool.of(place.binFolder().resolve("python").toString(), "-c", "print('hello')")
                .run();
        assertThat(result.text()).isEqualTo("hello");
    }

    @Test
    void aMachineWithOnlyPython3GetsAPythonAsWell() throws Exception {
        Path bin = Files.createDirectories(folder.resolve("only3"));
        Files.createSymbolicLink(bin.resolve("python3"), python);
        environment.put("PATH", bin.toString());
        Path shim = environments().pythonShim().orElseThrow();
        assertThat(environments().pythonShim()).contains(shim);
        ToolResult result = Tool.of(
                        shim.resolve("python").toString(), "-c", "import sys; print(sys.argv[1])", "two words")
                .run();
        assertThat(result.text()).isEqualTo("two words");
        Files.createSymbolicLink(bin.resolve("python"), python);
        assertThat(environments().pythonShim()).isEmpty();
    }

    private PythonPlace resolve(PythonEnvironment wanted) throws PreparationException {
        return environments().resolve(wanted, said::add);
    }

    private PythonEnvironments environments() {
        return new PythonEnvironments(folder.resolve("cache"), environment);
    }

    private void install(String name, String version) throws Exception {
        Path info = Files.createDirectories(packages.resolve(name + "-" + version + ".dist-info"));
        Files.writeString(info.resolve("METADATA"), "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version);
    }
}
