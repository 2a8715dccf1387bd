package io.mlengine.cli;

import io.mlengine.cli.command.VersionCommand;
import io.mlengine.cli.host.Host;
import io.mlengine.cli.output.ExitCode;
import io.mlengine.cli.output.JsonDocuments;
import io.mlengine.cli.output.Problem;
import io.mlengine.cli.output.ProblemException;
import io.mlengine.cli.terminal.ColorWish;
import io.mlengine.cli.terminal.Style;
import io.mlengine.core.api.EngineErrorCode;
import io.mlengine.spi.error.ErrorCategory;
import io.mlengine.spi.error.MLEngineException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns words into one command, runs it, and shows what went wrong. */
final class Commands {
    private Commands() {}

    /** Runs what was typed and gives the exit code. */
    static int run(Host host, String... words) {
        boolean asksVersion =
                words.length > 0 && List.of("--version", "-V", "version").contains(words[0]);
        if (asksVersion && words.length == 1) {
            // The most frequent question of scripts: without options there is nothing to parse, which takes longest.
            return new VersionCommand(host).call();
        }
        String[] typed = asksVersion ? replaced(words, "version") : words;
        CommandLine line = line(host, typed);
        line.setParameterExceptionHandler((failure, args) -> fail(host, args, misuse(failure)));
        line.setExecutionExceptionHandler((failure, failed, parsed) -> fail(host, words, failure));
        return line.execute(typed);
    }

    private static String[] replaced(String[] words, String first) {
        String[] copy = words.clone();
        copy[0] = first;
        return copy;
    }

    private static CommandLine line(Host host, String[] words) {
        Optional<Object> typed = CommandTable.typed(words, host);
        return typed.isPresent() ? line(host, List.of(typed.get())) : line(host, CommandTable.all(host));
    }

    /** The whole model, for the reference. */
    static CommandLine model(Host host) {
        return line(host, CommandTable.all(host));
    }

    private static CommandLine line(Host host, List<Object> commands) {
        CommandLine line = new CommandLine(new RootCommand(), nested(host));
        commands.forEach(command -> line.addSubcommand(command));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setOut(new PrintWriter(host.output(), true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(host.error(), true, StandardCharsets.UTF_8));
        line.setColorScheme(CommandLine.Help.defaultColorScheme(
                ColorWish.AUTO.decide(host.terminal().output(), host.environment())
                        ? CommandLine.Help.Ansi.ON
                        : CommandLine.Help.Ansi.OFF));
        line.setUsageHelpWidth(100);
        line.setExecutionStrategy(parsed -> {
            // Without a command there is nothing to run; picocli would take that for a success.
            if (!parsed.hasSubcommand() && !parsed.isUsageHelpRequested()) {
                parsed.commandSpec().commandLine().usage(host.error());
                return ExitCode.USAGE.code();
            }
            return new CommandLine.RunLast().execute(parsed);
        });
        return line;
    }

    /** Makes the commands that stand below another one: like all of them they need the host. */
    private static CommandLine.IFactory nested(Host host) {
        return new CommandLine.IFactory() {
            @Override
            public <K> K create(Class<K> type) throws Exception {
                return type.isAnnotationPresent(CommandLine.Command.class)
                        ? type.getConstructor(Host.class).newInstance(host)
                        : CommandLine.defaultFactory().create(type);
            }
        };
    }

    private static Problem misuse(ParameterException failure) {
        CommandLine command = failure.getCommandLine();
        boolean isRoot = command.getParent() == null;
        String name = command.getCommandSpec().qualifiedName(" ");
        List<String> advice = new ArrayList<>();
        String message = Optional.ofNullable(failure.getMessage()).orElse("wrong usage");
        if (failure instanceof UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().isEmpty()) {
            String word = unmatched.getUnmatched().get(0);
            message = !word.startsWith("-") && !command.getSubcommands().isEmpty()
                    ? "there is no command " + (name + " " + word).replaceFirst("^mlengine ", "")
                    : (word.startsWith("-") ? "there is no option " : "there is no room for ") + word;
            if (isRoot) {
                ForeignWords.translated(word)
                        .ifPresentOrElse(
                                own -> advice.add("did you mean `mlengine " + own + "`?"),
                                () -> suggestions(unmatched, advice, "mlengine "));
            } else {
                suggestions(unmatched, advice, "");
            }
        }
        boolean isNested = !isRoot && command.getParent().getParent() != null;
        advice.add(isNested ? name + " --help" : name.replaceFirst("^mlengine", "mlengine help"));
        return new Problem(ExitCode.USAGE, message.lines().findFirst().orElse(message), List.of(), advice);
    }

    private static void suggestions(UnmatchedArgumentException unmatched, List<String> advice, String before) {
        List<String> close = unmatched.getSuggestions().stream()
                .limit(3)
                .map(word -> "`" + before + word + "`")
                .toList();
        if (!close.isEmpty()) {
            advice.add("did you mean " + String.join(" or ", close) + "?");
        }
    }

    private static int fail(Host host, String[] words, Exception failure) {
        int code = fail(host, words, problem(failure));
        if (Arrays.asList(words).contains("--debug")) {
            failure.printStackTrace(host.error());
        }
        return code;
    }

    private static Problem problem(Throwable failure) {
        if (failure instanceof ProblemException known) {
            return known.problem();
        }
        if (failure instanceof CompletionException && failure.getCause() != null) {
            return problem(failure.getCause());
        }
        if (failure instanceof MLEngineException known) {
            return problem(known);
        }
        String text = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        return Problem.of(ExitCode.ENGINE, text.strip(), "the same with --debug shows where it happened");
    }

    private static Problem problem(MLEngineException failure) {
        ErrorCategory category = failure.code().category();
        ExitCode exit = failure.code() == EngineErrorCode.NOT_FOUND || failure.code() == EngineErrorCode.WRONG_PHASE
                ? ExitCode.NOT_FOUND
                : category == ErrorCategory.USER ? ExitCode.USAGE : ExitCode.ENGINE;
        return Problem.of(exit, String.valueOf(failure.getMessage()), "the same with --debug shows where it happened");
    }

    private static int fail(Host host, String[] words, Problem problem) {
        host.output().flush();
        if (isMachine(words)) {
            host.output().println(JsonDocuments.write(JsonDocuments.problem(problem)));
            host.output().flush();
        }
        Style style = host.errorStyle(ColorWish.AUTO, false);
        if (!problem.title().isEmpty()) {
            host.error().println(style.red("error: ") + problem.title());
        }
        problem.details().forEach(host.error()::println);
        problem.advice().forEach(line -> host.error().println("  " + line));
        host.error().flush();
        return problem.exit().code();
    }

    /** Looked for in the words, because they may be the very thing that could not be read. */
    private static boolean isMachine(String[] words) {
        for (int i = 0; i < words.length; i++) {
            String word = words[i].toLowerCase(Locale.ROOT);
            String form = word.equals("-o") || word.equals("--output")
                    ? (i + 1 < words.length ? words[i + 1].toLowerCase(Locale.ROOT) : "")
                    : word.startsWith("--output=")
                            ? word.substring("--output=".length())
                            : word.startsWith("-o") ? word.substring(2).replaceFirst("^=", "") : "";
            if (form.equals("json") || form.equals("jsonl")) {
                return true;
            }
        }
        return false;
    }
}
