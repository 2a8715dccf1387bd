package io.mlengine.cli;

import io.mlengine.cli.command.CancelCommand;
import io.mlengine.cli.command.CompletionCommand;
import io.mlengine.cli.command.ConvertCommand;
import io.mlengine.cli.command.DevicesCommand;
import io.mlengine.cli.command.DoctorCommand;
import io.mlengine.cli.command.EnvironmentsCommand;
import io.mlengine.cli.command.GetCommand;
import io.mlengine.cli.command.HelpCommand;
import io.mlengine.cli.command.InitCommand;
import io.mlengine.cli.command.ListCommand;
import io.mlengine.cli.command.LogsCommand;
import io.mlengine.cli.command.OperatorCommand;
import io.mlengine.cli.command.PluginsCommand;
import io.mlengine.cli.command.ResizeCommand;
import io.mlengine.cli.command.ResumeCommand;
import io.mlengine.cli.command.RunCommand;
import io.mlengine.cli.command.SchemaCommand;
import io.mlengine.cli.command.SuspendCommand;
import io.mlengine.cli.command.UsageCommand;
import io.mlengine.cli.command.ValidateCommand;
import io.mlengine.cli.command.VersionCommand;
import io.mlengine.cli.host.Host;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The commands by name. Only the one that was typed is made: reading the annotations of all takes too long. */
final class CommandTable {
    private static final List<Entry> ENTRIES = List.of(
            new Entry("run", "", RunCommand::new),
            new Entry("validate", "", ValidateCommand::new),
            new Entry("list", "ls", ListCommand::new),
            new Entry("get", "", GetCommand::new),
            new Entry("logs", "", LogsCommand::new),
            new Entry("usage", "", UsageCommand::new),
            new Entry("cancel", "", CancelCommand::new),
            new Entry("suspend", "", SuspendCommand::new),
            new Entry("resume", "", ResumeCommand::new),
            new Entry("resize", "", ResizeCommand::new),
            new Entry("init", "", InitCommand::new),
            new Entry("convert", "", ConvertCommand::new),
            new Entry("schema", "", SchemaCommand::new),
            new Entry("devices", "", DevicesCommand::new),
            new Entry("plugins", "", PluginsCommand::new),
            new Entry("environments", "envs", EnvironmentsCommand::new),
            new Entry("doctor", "", DoctorCommand::new),
            new Entry("operator", "", OperatorCommand::new),
            new Entry("completion", "", CompletionCommand::new),
            new Entry("version", "", VersionCommand::new),
            new Entry("help", "", HelpCommand::new));

    /** Commands that look at all the others. */
    private static final List<String> NEED_ALL = List.of("help", "completion");

    private CommandTable() {}

    private record Entry(String name, String alias, Function<Host, Object> make) {}

    static List<String> names() {
        return ENTRIES.stream().map(Entry::name).toList();
    }

    /** The command that was typed, when it can be told before options are read. */
    static Optional<Object> typed(String[] words, Host host) {
        if (words.length == 0 || NEED_ALL.contains(words[0])) {
            return Optional.empty();
        }
        return ENTRIES.stream()
                .filter(entry -> entry.name().equals(words[0]) || entry.alias().equals(words[0]))
                .findFirst()
                .map(entry -> entry.make().apply(host));
    }

    static List<Object> all(Host host) {
        List<Object> commands = new ArrayList<>();
        ENTRIES.forEach(entry -> commands.add(entry.make().apply(host)));
        return commands;
    }
}
