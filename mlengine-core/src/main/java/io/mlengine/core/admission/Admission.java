package io.mlengine.core.admission;

import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.model.Deciders;
import io.mlengine.spi.model.FrameworkName;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.RestartScope;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a job passes before it is accepted: the framework's defaults, core's defaults, the rules of core, the rules of
 * the framework. Pure; launchers are called on the caller's thread, so the engine hands in launchers with a bulkhead.
 */
public final class Admission {
    private static final Pattern FRAMEWORK = Pattern.compile("[a-z][a-z0-9-]{0,39}");

    private final Frameworks frameworks;

    /**
     * Makes an admission.
     *
     * @param frameworks the frameworks that jobs may choose
     */
    public Admission(Frameworks frameworks) {
        this.frameworks = frameworks;
    }

    /**
     * Fills in defaults and judges. Deterministic, and idempotent: admitting the result again changes nothing.
     *
     * @param train the job as submitted
     * @return the job with defaults, and everything that is wrong with it
     */
    public AdmissionResult admit(MLTrain train) {
        Findings findings = new Findings();
        Optional<FrameworkLauncher> launcher = launcher(train, findings);
        MLTrain complete = withDefaults(train, launcher);
        List<String> reserved =
                launcher.map(found -> found.reservedVariables(complete.shape())).orElse(List.of());
        names(complete, findings);
        launcher.ifPresent(found -> OptionRules.check(complete.frameworkOptions(), found.options(), findings));
        new RoleRules(complete, reserved, findings).check();
        new SourceRules(complete, findings).check();
        VariableRules.check("spec.environment.variables", complete.environment().variables(), reserved, findings);
        new PolicyRules(complete, findings).check();
        if (train.delegate().isPresent()) {
            new DelegateRules(train, train.delegate().get(), findings).check();
        } else {
            launcher.ifPresent(found -> found.validate(complete.shape()).forEach(findings::add));
        }
        return new AdmissionResult(complete, findings.all(), warnings(complete));
    }

    /**
     * Judges without keeping the defaults.
     *
     * @param train the job
     * @return all violations, empty when it would be accepted
     */
    public List<Violation> check(MLTrain train) {
        return admit(train).violations();
    }

    private Optional<FrameworkLauncher> launcher(MLTrain train, Findings findings) {
        String name = train.framework();
        Optional<FrameworkLauncher> launcher =
                FRAMEWORK.matcher(name).matches() ? frameworks.launcher(FrameworkName.of(name)) : Optional.empty();
        if (launcher.isEmpty()) {
            List<String> names =
                    frameworks.names().stream().map(FrameworkName::value).toList();
            String advice = names.isEmpty() ? "no framework is loaded" : Suggestions.advice(name, names);
            String refused = frameworks.refused().isEmpty()
                    ? ""
                    : "; it may be one of a plugin that was refused: " + String.join("; ", frameworks.refused());
            findings.add(ViolationCode.UNKNOWN_FRAMEWORK, "spec.framework", name, advice + refused);
        }
        // Launchers may rely on there being a role; without one core's own finding says enough.
        return train.roles().isEmpty() ? Optional.empty() : launcher;
    }

    // The framework goes first: where it says nothing about a role, core's own default holds.
    private static MLTrain withDefaults(MLTrain train, Optional<FrameworkLauncher> launcher) {
        if (train.delegate().isPresent()) {
            // Nothing of the engine's launches it, and its defaults must not look like wishes of the user.
            return train;
        }
        MLTrain known = launcher.map(found -> with(train, found.defaults(train.shape())))
                .orElse(train);
        List<Role> roles = new ArrayList<>();
        for (Role role : known.roles()) {
            roles.add(Role.builder()
                    .from(role)
                    .restartScope(role.restartScope().orElse(RestartScope.GROUP))
                    .deciders(role.deciders().orElse(Deciders.NONE))
                    .build());
        }
        return MLTrain.builder().from(known).roles(roles).build();
    }

    private static MLTrain with(MLTrain train, JobShape shape) {
        return MLTrain.builder()
                .from(train)
                .frameworkOptions(shape.options())
                .roles(shape.roles())
                .code(shape.code())
                .inputs(shape.inputs())
                .outputs(shape.outputs())
                .environment(shape.environment())
                .build();
    }

    private static void names(MLTrain train, Findings findings) {
        NameRules.label("metadata.name", train.name(), findings);
        NameRules.namespace("metadata.namespace", train.namespace(), findings);
        NameRules.labels("metadata.labels", train.labels(), findings);
        train.annotations()
                .forEach(
                        (key, value) -> NameRules.qualified(FieldPath.key("metadata.annotations", key), key, findings));
        NameRules.queue("spec.queue", train.queue(), findings);
    }

    private static List<String> warnings(MLTrain train) {
        List<String> warnings = new ArrayList<>();
        boolean elastic = train.roles().stream().anyMatch(Role::isElastic);
        if (elastic && train.runPolicy().retries().infrastructure() == 0) {
            warnings.add("spec.runPolicy.retries.infrastructure is 0: a role is elastic, and a job that loses a replica"
                    + " and cannot shrink fails at once");
        }
        train.runPolicy().activeDeadline().ifPresent(deadline -> {
            if (train.scheduling()
                    .runTime()
                    .filter(time -> time.compareTo(deadline) > 0)
                    .isPresent()) {
                warnings.add("spec.scheduling.runTime is longer than spec.runPolicy.activeDeadline: the job is stopped"
                        + " before the time that it says it needs");
            }
        });
        return warnings;
    }
}
