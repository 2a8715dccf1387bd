package io.mlengine.cli;

import java.util.Map;
import java.util.Optional;

/** Commands of other tools, and what they are called here. */
final class ForeignWords {
    private static final Map<String, String> WORDS = Map.ofEntries(
            Map.entry("squeue", "list"),
            Map.entry("sacct", "list"),
            Map.entry("sinfo", "devices"),
            Map.entry("seff", "usage JOB"),
            Map.entry("sstat", "usage JOB"),
            Map.entry("sreport", "usage JOB"),
            Map.entry("scancel", "cancel JOB"),
            Map.entry("scontrol", "get JOB"),
            Map.entry("sbatch", "run FILE"),
            Map.entry("srun", "run FILE"),
            Map.entry("sattach", "logs -f JOB"),
            Map.entry("condor_q", "list"),
            Map.entry("condor_submit", "run FILE"),
            Map.entry("condor_rm", "cancel JOB"),
            Map.entry("qsub", "run FILE"),
            Map.entry("qstat", "list"),
            Map.entry("qdel", "cancel JOB"),
            Map.entry("bsub", "run FILE"),
            Map.entry("bjobs", "list"),
            Map.entry("bkill", "cancel JOB"),
            Map.entry("apply", "run FILE"),
            Map.entry("create", "run FILE"),
            Map.entry("submit", "run FILE"),
            Map.entry("start", "run FILE"),
            Map.entry("torchrun", "run FILE"),
            Map.entry("describe", "get JOB"),
            Map.entry("show", "get JOB"),
            Map.entry("status", "get JOB"),
            Map.entry("delete", "cancel JOB"),
            Map.entry("kill", "cancel JOB"),
            Map.entry("stop", "cancel JOB"),
            Map.entry("rm", "cancel JOB"),
            Map.entry("scale", "resize JOB ROLE=N"),
            Map.entry("hold", "suspend JOB"),
            Map.entry("pause", "suspend JOB"),
            Map.entry("release", "resume JOB"),
            Map.entry("continue", "resume JOB"),
            Map.entry("top", "usage JOB"),
            Map.entry("ps", "list"),
            Map.entry("jobs", "list"),
            Map.entry("queue", "list"),
            Map.entry("tail", "logs -f JOB"),
            Map.entry("attach", "logs -f JOB"),
            Map.entry("watch", "logs -f JOB"),
            Map.entry("nvidia-smi", "devices"),
            Map.entry("gpus", "devices"),
            Map.entry("check", "doctor"),
            Map.entry("lint", "validate FILE"),
            Map.entry("plan", "validate FILE"),
            Map.entry("new", "init"),
            Map.entry("translate", "convert FILE"),
            Map.entry("import", "convert FILE"),
            Map.entry("migrate", "convert FILE"));

    private ForeignWords() {}

    /** What a word of another tool is called here. */
    static Optional<String> translated(String word) {
        return Optional.ofNullable(WORDS.get(word));
    }
}
