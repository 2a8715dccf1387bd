package io.mlengine.plugins.xgboost;

import io.mlengine.spi.framework.PlanFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The Python files of this package. They are read once, while the plugin is loaded: a launcher reads no files. */
final class PythonFiles {
    private static final Map<String, PlanFile> FILES =
            List.of("mlengine_xgboost.py", "mlengine_xgboost_tracker.py").stream()
                    .collect(Collectors.toUnmodifiableMap(Function.identity(), PythonFiles::read));

    private PythonFiles() {}

    static PlanFile named(String name) {
        return Objects.requireNonNull(FILES.get(name));
    }

    private static PlanFile read(String name) {
        try (InputStream stream = PythonFiles.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException(name + " is missing from the jar");
            }
            return new PlanFile(name, new String(stream.readAllBytes(), StandardCharsets.UTF_8), false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
