package io.mlengine.cli.output;

import io.mlengine.core.job.Outcome;

/** What the command tells its caller. */
public enum ExitCode {
    /** It succeeded, or the wish was carried out. */
    OK(0, "succeeded, or the wish was carried out"),
    /** The job failed by its own fault. */
    JOB_FAILED(1, "the job failed by its own fault"),
    /** Wrong usage or an invalid document. */
    USAGE(2, "wrong usage or an invalid document"),
    /** The job was cancelled. */
    CANCELLED(3, "the job was cancelled"),
    /** The job can never run here. */
    IMPOSSIBLE(4, "the job can never run here"),
    /** Waiting took too long. */
    TIMEOUT(5, "gave up waiting (--timeout)"),
    /** The engine or the infrastructure failed. */
    ENGINE(6, "the engine or the infrastructure failed"),
    /** There is no such thing, or it may not be touched. */
    NOT_FOUND(7, "not found, or not possible now"),
    /** Ctrl-C ended a command that only looked on. */
    INTERRUPTED(130, "Ctrl-C ended a command that only looked on; the job goes on");

    private final int code;
    private final String meaning;

    ExitCode(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    /** The number. */
    public int code() {
        return code;
    }

    /** One phrase for help texts. */
    public String meaning() {
        return meaning;
    }

    /** The code of an outcome: a failure of the infrastructure is not the job's own fault. */
    public static ExitCode of(Outcome outcome) {
        return switch (outcome.result()) {
            case SUCCEEDED -> OK;
            case CANCELLED -> CANCELLED;
            case FAILED ->
                outcome.cause()
                        .map(cause -> switch (cause.failureClass()) {
                            case USER, USER_RETRYABLE -> JOB_FAILED;
                            case INFRASTRUCTURE, PREEMPTED, QUOTA -> ENGINE;
                            case CONFIGURATION -> USAGE;
                        })
                        .orElse(JOB_FAILED);
        };
    }
}
