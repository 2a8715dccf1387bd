package io.mlengine.core.convert;

import io.mlengine.spi.model.EnvValue;
import io.mlengine.spi.model.PodOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The container that becomes a role; later layers, as a TrainJob's over its runtime's, replace what they say. */
final class ContainerDraft {
    /** A variable and where it was set. */
    record Variable(EnvValue value, ForeignValue source) {}

    final Map<String, Variable> env = new LinkedHashMap<>();
    final Map<String, ForeignValue> amounts = new LinkedHashMap<>();
    final List<MountDraft> mounts = new ArrayList<>();
    final Map<String, ForeignValue> ports = new LinkedHashMap<>();
    final SecurityDraft security = new SecurityDraft();
    List<String> command = List.of();
    List<String> args = List.of();
    private @Nullable String image;
    private PodOptions.@Nullable PullPolicy pullPolicy;
    private @Nullable String workingDirectory;
    private @Nullable ForeignValue commandSource;
    private @Nullable ForeignValue argsSource;

    Optional<String> image() {
        return Optional.ofNullable(image).filter(text -> !text.isBlank());
    }

    Optional<PodOptions.PullPolicy> pullPolicy() {
        return Optional.ofNullable(pullPolicy);
    }

    Optional<String> workingDirectory() {
        return Optional.ofNullable(workingDirectory).filter(text -> !text.isBlank());
    }

    /** Where command and arguments were given. */
    List<ForeignValue> programSources() {
        return Stream.of(Optional.ofNullable(commandSource), Optional.ofNullable(argsSource))
                .flatMap(Optional::stream)
                .toList();
    }

    /** Where to tell about the program. */
    Optional<ForeignValue> programSource() {
        return programSources().stream().findFirst();
    }

    void image(String text) {
        image = text;
    }

    void pullPolicy(ForeignValue value) {
        value.oneOf(List.of(PodOptions.PullPolicy.values()), PodOptions.PullPolicy::word)
                .ifPresent(policy -> pullPolicy = policy);
    }

    void workingDirectory(String text) {
        workingDirectory = text;
    }

    void command(ForeignValue value) {
        commandSource = value;
        command = value.texts();
    }

    void args(ForeignValue value) {
        argsSource = value;
        args = value.texts();
    }

    List<String> commandLine() {
        List<String> words = new ArrayList<>(command);
        words.addAll(args);
        return words;
    }
}
