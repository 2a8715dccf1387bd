package io.mlengine.core.convert;

import io.mlengine.core.admission.Suggestions;
import io.mlengine.core.admission.ViolationCode;
import io.mlengine.core.convert.ForeignValue.Member;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The replica specs of the training operator's kinds: one role for each. */
final class ReplicaTable {
    static final FieldTable<RoleDraft> TABLE = FieldTable.<RoleDraft>named("replica spec")
            .whole("replicas", "`replicas` of the role", 0, (role, count) -> role.replicas = count)
            .value(
                    "restartPolicy",
                    "`runPolicy.exitCodes` of the job: Never is none, ExitCode kubeflow, OnFailure and Always any",
                    RestartPolicies::read)
            .object("template", PodTable.TEMPLATE, role -> role.pod)
            .dropped("scale", "its size is changed by `mlengine resize`", "")
            .build();

    private ReplicaTable() {}

    /** Reads the map of role to replica spec; the operator does not look at the case of a role's name. */
    static void read(JobDraft job, ForeignValue specs, List<String> roles) {
        for (Member member : specs.members()) {
            String name = member.key().toLowerCase(Locale.ROOT);
            if (!roles.contains(name)) {
                String advice = Suggestions.advice(name, roles);
                member.value().reject(ViolationCode.UNKNOWN_ROLE, member.key(), advice);
            } else if (!member.value().isNothing()) {
                RoleDraft role = new RoleDraft(name, member.value());
                TABLE.read(member.value(), role);
                if (role.pod.containers.isEmpty()) {
                    member.value()
                            .reject(ViolationCode.MISSING_FIELD, "", "`template.spec.containers` needs a container");
                }
                job.roles.add(role);
            }
        }
        // The order in which people think of them, not the one in which they happen to stand.
        job.roles.sort(Comparator.comparingInt(role -> roles.indexOf(role.name)));
    }
}
