package io.mlengine.core.admission;

import static io.mlengine.core.admission.FieldPath.item;
import static io.mlengine.core.admission.FieldPath.key;

import io.mlengine.core.job.BackOff;
import io.mlengine.core.job.ExitCodes;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.RunPolicy;
import io.mlengine.spi.model.Role;
import java.util.List;
import java.util.Optional;

/** Run policy, scheduling wishes and the rule of success. */
final class PolicyRules {
    private static final String POLICY = "spec.runPolicy";
    private static final String SCHEDULING = "spec.scheduling";

    private final MLTrain train;
    private final Findings findings;

    PolicyRules(MLTrain train, Findings findings) {
        this.train = train;
        this.findings = findings;
    }

    void check() {
        RunPolicy policy = train.runPolicy();
        retries(policy);
        exitCodes(policy.exitCodes());
        backOff(policy.backOff());
        findings.positive(key(POLICY, "activeDeadline"), policy.activeDeadline());
        findings.positive(key(POLICY, "startTimeout"), Optional.of(policy.startTimeout()));
        findings.positive(key(POLICY, "progressTimeout"), policy.progressTimeout());
        policy.ttlAfterFinished().ifPresent(ttl -> findings.notNegative(key(POLICY, "ttlAfterFinished"), ttl));
        findings.notNegative(key(POLICY, "stopGrace"), policy.stopGrace());
        findings.range("spec.priority", train.priority(), -Limits.MOST_PRIORITY, Limits.MOST_PRIORITY);
        scheduling();
        success();
    }

    private void retries(RunPolicy policy) {
        String path = key(POLICY, "retries");
        retry(key(path, "user"), policy.retries().user());
        retry(key(path, "infrastructure"), policy.retries().infrastructure());
        policy.retries().preemption().ifPresent(limit -> retry(key(path, "preemption"), limit));
    }

    private void retry(String path, int limit) {
        if (limit < 0 || limit > Limits.MOST_RETRIES) {
            String advice = limit + " is not allowed: 0 (never) to " + Limits.MOST_RETRIES;
            findings.add(ViolationCode.OUT_OF_RANGE, path, Integer.toString(limit), advice);
        }
    }

    private void exitCodes(ExitCodes codes) {
        String path = key(key(POLICY, "exitCodes"), "retryable");
        List<ExitCodes.Range> ranges = codes.retryable();
        for (int i = 0; i < ranges.size(); i++) {
            ExitCodes.Range range = ranges.get(i);
            if (range.from() < 1 || range.to() > 255 || range.from() > range.to()) {
                String found = range.from() == range.to() ? "" + range.from() : range.from() + "-" + range.to();
                String advice = "codes are 1 to 255, the smaller one first";
                findings.add(ViolationCode.OUT_OF_RANGE, item(path, i), found, advice);
            }
        }
    }

    private void backOff(BackOff backOff) {
        String path = key(POLICY, "backOff");
        findings.notNegative(key(path, "initial"), backOff.initial());
        findings.positive(key(path, "resetAfter"), Optional.of(backOff.resetAfter()));
        if (backOff.most().compareTo(backOff.initial()) < 0) {
            String advice = "the longest wait is shorter than the first";
            findings.add(
                    ViolationCode.CONTRADICTION,
                    key(path, "max"),
                    backOff.most().toString(),
                    advice);
        }
    }

    private void scheduling() {
        long total = train.roles().stream().mapToLong(Role::replicas).sum();
        train.scheduling().gangMinimum().ifPresent(gang -> {
            String path = key(SCHEDULING, "gangMinimum");
            if (gang < 1) {
                findings.range(path, gang, 1, Math.max(1, total));
            } else if (gang > total && !train.roles().isEmpty()) {
                String advice = gang + " replicas can never start together: the job has " + total;
                findings.add(ViolationCode.IMPOSSIBLE_GANG, path, Integer.toString(gang), advice);
            }
        });
        train.scheduling().topology().ifPresent(topology -> {
            String path = key(key(SCHEDULING, "topology"), "level");
            NameRules.qualified(path, topology.level(), findings);
        });
        findings.positive(key(SCHEDULING, "runTime"), train.scheduling().runTime());
    }

    private void success() {
        long tracked = train.roles().stream()
                .filter(Role::tracked)
                .mapToLong(Role::replicas)
                .sum();
        train.success().minSucceeded().ifPresent(least -> {
            String path = "spec.success.minSucceeded";
            if (least < 1) {
                findings.range(path, least, 1, Math.max(1, tracked));
            } else if (least > tracked && tracked > 0) {
                String advice = least + " replicas can never succeed: the job waits for " + tracked;
                findings.add(ViolationCode.IMPOSSIBLE_GANG, path, Integer.toString(least), advice);
            }
        });
    }
}
