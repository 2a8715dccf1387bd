package io.mlengine.cli.command;

import io.mlengine.cli.host.Host;
import io.mlengine.cli.output.ExitCode;
import io.mlengine.cli.output.Problem;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.store.JobStore;
import io.mlengine.spi.model.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** Changes the number of replicas of elastic roles. */
@Command(
        name = "resize",
        description = "Change the number of replicas of elastic roles.",
        customSynopsis = "mlengine resize [OPTIONS] JOB ROLE=N...",
        footer = {"", "Examples:", "  mlengine resize mnist-ddp worker=4"})
public final class ResizeCommand extends WishCommand {
    private final SortedMap<String, Integer> sizes = new TreeMap<>();

    /** The command on a host. */
    public ResizeCommand(Host host) {
        super(host);
    }

    @Override
    ExitCode run() {
        List<String> names = new ArrayList<>();
        for (String word : jobs) {
            int equals = word.indexOf('=');
            if (equals < 0) {
                names.add(word);
                continue;
            }
            sizes.put(word.substring(0, equals), number(word, word.substring(equals + 1)));
        }
        if (names.size() != 1 || sizes.isEmpty()) {
            throw Problem.of(
                            ExitCode.USAGE,
                            "resize needs one job and at least one ROLE=N",
                            "mlengine resize mnist-ddp worker=4")
                    .raise();
        }
        jobs = names;
        return super.run();
    }

    private static int number(String word, String digits) {
        if (!digits.matches("\\d{1,6}") || Integer.parseInt(digits) < 1) {
            throw Problem.of(ExitCode.USAGE, "not a number of replicas: " + word, "write for example worker=4")
                    .raise();
        }
        return Integer.parseInt(digits);
    }

    @Override
    void check(JobRecord job) {
        Map<String, Role> roles = new TreeMap<>();
        job.train().roles().forEach(role -> roles.put(role.name(), role));
        sizes.forEach((name, size) -> {
            Role role = roles.get(name);
            if (role == null) {
                throw Problem.of(
                                ExitCode.NOT_FOUND,
                                job.id() + " has no role " + name,
                                "its roles are " + String.join(", ", roles.keySet()))
                        .raise();
            }
            if (size < role.least() || size > role.most()) {
                throw Problem.of(
                                ExitCode.NOT_FOUND,
                                name + " cannot have " + size + " replicas",
                                role.isElastic()
                                        ? "it may have " + role.least() + " to " + role.most()
                                        : "it is not elastic: set minReplicas and maxReplicas in the document")
                        .raise();
            }
        });
    }

    @Override
    JobStore.Wish wish(JobRecord job) {
        return new JobStore.Wish(
                job.id(),
                JobStore.Wish.Kind.RESIZE,
                sizes.entrySet().stream()
                        .map(size -> size.getKey() + "=" + size.getValue())
                        .collect(Collectors.joining(",")));
    }

    @Override
    boolean isHeard(JobRecord job) {
        return sizes.entrySet().stream().allMatch(size -> job.size(size.getKey()) == size.getValue());
    }

    @Override
    String done() {
        return "is being resized";
    }
}
