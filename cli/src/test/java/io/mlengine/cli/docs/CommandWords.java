package io.mlengine.cli.docs;

import io.mlengine.build.testing.Module;
import java.lang.reflect.Field;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The commands that this module has, by their annotations, with the options that each understands. */
final class CommandWords {
    private CommandWords() {}

    static Map<String, Set<String>> ofTheSources() {
        Map<String, Set<String>> commands = new TreeMap<>();
        List<Class<?>> types = Module.productionClasses().stream()
                .filter(type -> type.isAnnotatedWith(Command.class))
                .<Class<?>>map(type -> type.reflect())
                .toList();
        Set<Class<?>> nested = types.stream()
                .flatMap(type -> Stream.of(type.getAnnotation(Command.class).subcommands()))
                .collect(Collectors.toSet());
        types.stream().filter(type -> !nested.contains(type)).forEach(type -> {
            Command command = type.getAnnotation(Command.class);
            Set<String> options = new HashSet<>(Set.of("-h", "--help", "-V", "--version"));
            collect(type, options);
            // What may follow the second word may stand in a line that begins with the first.
            Stream.of(command.subcommands()).forEach(below -> collect(below, options));
            Stream.concat(Stream.of(command.name()), Stream.of(command.aliases()))
                    .forEach(name -> commands.put(name, options));
        });
        commands.remove("<main class>");
        return commands;
    }

    private static void collect(Class<?> type, Set<String> options) {
        for (Class<?> part = type; part != null; part = part.getSuperclass()) {
            for (Field field : part.getDeclaredFields()) {
                Option option = field.getAnnotation(Option.class);
                if (option != null) {
                    options.addAll(List.of(option.names()));
                    if (option.negatable()) {
                        Stream.of(option.names())
                                .map(name -> name.replaceFirst("^--", "--no-"))
                                .forEach(options::add);
                    }
                }
                if (field.isAnnotationPresent(Mixin.class) || field.isAnnotationPresent(CommandLine.ArgGroup.class)) {
                    collect(field.getType(), options);
                }
            }
        }
    }
}
