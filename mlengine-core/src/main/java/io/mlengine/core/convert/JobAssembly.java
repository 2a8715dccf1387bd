package io.mlengine.core.convert;

import io.mlengine.core.admission.ViolationCode;
import io.mlengine.core.convert.KindRules.OperatorContract;
import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.CodeSource;
import io.mlengine.spi.model.FrameworkOptions;
import io.mlengine.spi.model.PodOptions;
import io.mlengine.spi.model.Role;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Builds the job when its document has been read: first the containers, then what the kind adds, then the roles. */
final class JobAssembly {
    /** Launchers take no ports that only the machine's administrator may open. */
    private static final int LEAST_PORT = 1024;

    private static final int MOST_PORT = 65_535;

    private final JobDraft job;
    private final OperatorContract contract;

    private JobAssembly(JobDraft job, OperatorContract contract) {
        this.job = job;
        this.contract = contract;
    }

    static <D extends JobDraft> MLTrain build(D job, KindRules<D> rules) {
        JobAssembly assembly = new JobAssembly(job, rules.contract());
        job.train.framework(rules.framework());
        job.completeRoles();
        assembly.dropEmptyRoles();
        job.roles.forEach(assembly::chooseContainer);
        rules.finish().accept(job);
        job.roles.forEach(assembly::settle);
        return assembly.build();
    }

    private void dropEmptyRoles() {
        job.roles.removeIf(role -> {
            if (role.replicas == 0) {
                role.source.dropped("a role has at least one replica", "");
            }
            return role.replicas == 0;
        });
        if (job.roles.isEmpty()) {
            job.source.reject(ViolationCode.NO_ROLES, "", "the document describes no replicas");
        }
    }

    private void chooseContainer(RoleDraft role) {
        role.chooseContainer(Stream.concat(job.mainContainer().stream(), contract.containers().stream())
                .toList());
        GitSync.read(job, role.pod);
    }

    private void settle(RoleDraft role) {
        References.resolve(role.container);
        Inputs.add(job, role.pod, role.container);
        role.container.ports.forEach(this::port);
    }

    private void port(String name, ForeignValue port) {
        int number = port.peek("containerPort")
                .filter(text -> text.matches("[0-9]{1,5}"))
                .map(Integer::valueOf)
                .orElse(0);
        Optional<String> option = contract.portOption().filter(known -> name.equals(contract.port()));
        boolean isTaken = option.isPresent()
                && LEAST_PORT <= number
                && number <= MOST_PORT
                && job.options.getOrDefault(option.get(), (long) number).equals((long) number);
        if (isTaken) {
            job.options.put(option.get(), (long) number);
        } else {
            port.dropped("the engine gives ports and tells them to the replicas", "");
        }
    }

    private MLTrain build() {
        if (job.name.isEmpty()) {
            job.source.reject(ViolationCode.MISSING_FIELD, "", "`metadata.name` is required");
        }
        // The job has one grace: the longest, so that no role is cut short.
        job.roles.stream()
                .flatMap(role -> role.pod.stopGrace().stream())
                .max(Comparator.naturalOrder())
                .ifPresent(job.policy::stopGrace);
        job.git().ifPresent(git -> job.train.code(CodeSource.builder().git(git).build()));
        return job.train
                .name(job.name)
                .frameworkOptions(FrameworkOptions.of(job.options))
                .roles(job.roles.stream().map(this::role).toList())
                .inputs(job.inputs)
                .runPolicy(job.policy.build())
                .scheduling(job.scheduling.build())
                .build();
    }

    private Role role(RoleDraft role) {
        ContainerDraft container = role.container;
        container.env.forEach((name, variable) -> {
            if (contract.sets(name) || name.endsWith("_VISIBLE_DEVICES")) {
                variable.source().dropped("the launcher or the backend sets `" + name + "`", "");
            } else {
                role.role.putEnv(name, variable.value());
            }
        });
        if (role.hasOwnProgram
                && container.command.isEmpty()
                && container.image().isPresent()) {
            role.source.check(
                    "the program is the image's own entry point",
                    "write `command` to run it where there are no containers, as on the local backend");
        }
        PodOptions.Builder options = role.pod.options;
        container.pullPolicy().ifPresent(options::imagePullPolicy);
        role.pod.security.addTo(options);
        container.security.addTo(options);
        return role.role
                .replicas(role.replicas)
                .command(List.copyOf(container.command))
                .args(container.args)
                .image(container.image())
                .workingDirectory(container.workingDirectory())
                .resources(ResourceTable.resources(container.amounts, role.pod.gpuModel()))
                .nodes(role.pod.nodes.build())
                .pod(options.build())
                .build();
    }
}
