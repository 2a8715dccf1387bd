package io.mlengine.core.convert;

import io.mlengine.core.admission.Limits;
import io.mlengine.core.admission.ViolationCode;
import io.mlengine.core.job.ExitCodes;
import io.mlengine.core.job.ExitCodes.Profile;
import io.mlengine.core.job.Retries;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Restart policies, which Kubeflow has for each role, become one profile of exit codes for the job: the most lenient of
 * them. What starts again after a failure is the launcher's knowledge, not the user's.
 */
final class RestartPolicies {
    /** From the strictest to the most lenient. */
    private static final List<Profile> ORDER = List.of(Profile.NONE, Profile.KUBEFLOW, Profile.ANY);

    private static final Map<String, Profile> PROFILES = Map.of(
            "Never", Profile.NONE, "ExitCode", Profile.KUBEFLOW, "OnFailure", Profile.ANY, "Always", Profile.ANY);

    /** What a Job does when nothing is said. */
    private static final int KUBERNETES_BACKOFF_LIMIT = 6;

    private RestartPolicies() {}

    /** Takes the policy of a role, if it is one. */
    static void read(RoleDraft role, ForeignValue value) {
        value.text().ifPresent(word -> {
            if (PROFILES.containsKey(word)) {
                role.restartPolicy(value);
            } else {
                value.reject(ViolationCode.UNKNOWN_WORD, word, "one of Never, OnFailure, Always, ExitCode");
            }
        });
    }

    /**
     * Decides what is retried.
     *
     * @param fallback the policy of a role that has none, as the operator defaults it
     */
    static void apply(JobDraft job, String fallback) {
        apply(job, job.roles, fallback);
    }

    /** The same where only some roles can fail by themselves. */
    static void apply(JobDraft job, List<RoleDraft> roles, String fallback) {
        List<Profile> profiles = new ArrayList<>();
        for (RoleDraft role : roles) {
            String word = role.restartPolicy().map(ForeignValue::peekText).orElse(fallback);
            profiles.add(PROFILES.getOrDefault(word, Profile.NONE));
        }
        Profile most = ORDER.stream()
                .filter(profiles::contains)
                .reduce((first, second) -> second)
                .orElse(Profile.NONE);
        job.policy.exitCodes(new ExitCodes(most, List.of()));
        for (int i = 0; i < profiles.size(); i++) {
            tell(roles.get(i), profiles.get(i), most);
        }
        retries(job, roles, most);
    }

    private static void tell(RoleDraft role, Profile own, Profile most) {
        role.restartPolicy().ifPresent(value -> {
            if (own != most) {
                value.changed(
                        "exit codes are judged for the whole job, by the most lenient role: `exitCodes: "
                                + most.name().toLowerCase(Locale.ROOT) + "`",
                        "");
            }
            if (value.peekText().equals("Always")) {
                value.changed("a replica that has ended with 0 is not started again", "");
            }
        });
    }

    private static void retries(JobDraft job, List<RoleDraft> roles, Profile most) {
        job.backoffLimit()
                .ifPresentOrElse(
                        limit -> limit.whole(0).ifPresent(count -> retries(job, limit, count)),
                        () -> endless(roles, most));
    }

    /** As a Job of Kubernetes does it: every failure is retried, so many times. */
    static void likeKubernetesJob(JobDraft job) {
        job.policy.exitCodes(new ExitCodes(Profile.ANY, List.of()));
        job.backoffLimit()
                .ifPresentOrElse(
                        limit -> limit.whole(0).ifPresent(count -> retries(job, limit, count)),
                        () -> retries(job, KUBERNETES_BACKOFF_LIMIT));
    }

    private static void retries(JobDraft job, ForeignValue limit, int count) {
        if (count > Limits.MOST_RETRIES) {
            limit.changed("at most " + Limits.MOST_RETRIES + " retries are allowed", "");
        }
        retries(job, Math.min(count, Limits.MOST_RETRIES));
    }

    private static void retries(JobDraft job, int count) {
        job.policy.retries(new Retries(count, Retries.DEFAULT.infrastructure(), OptionalInt.empty()));
    }

    // Without a limit the operator restarts for ever; nobody wants that, and everybody should know that it changed.
    private static void endless(List<RoleDraft> roles, Profile most) {
        if (most != Profile.NONE) {
            roles.stream()
                    .flatMap(role -> role.restartPolicy().stream())
                    .filter(value -> !value.peekText().equals("Never"))
                    .findFirst()
                    .ifPresent(value -> value.changed(
                            "restarts without end become at most " + Retries.DEFAULT.user(),
                            "set `runPolicy.retries.user` for another number"));
        }
    }
}
