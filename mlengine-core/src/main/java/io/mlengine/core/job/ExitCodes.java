package io.mlengine.core.job;

import java.util.List;

/**
 * Which ends of a process are worth another try. Codes are shell codes: 128 + n stands for signal n.
 *
 * @param profile the named rule
 * @param retryable ranges for {@link Profile#CUSTOM}
 */
public record ExitCodes(Profile profile, List<Range> retryable) {
    /** 1 to 127 are permanent, 128 and above are retried. */
    public static final ExitCodes KUBEFLOW = new ExitCodes(Profile.KUBEFLOW, List.of());

    /** Copies the list. */
    public ExitCodes {
        retryable = List.copyOf(retryable);
    }

    /** The named rules. */
    public enum Profile {
        /** 128 and above are retried (Kubeflow training operator, {@code pkg/util/train/train_util.go}). */
        KUBEFLOW,
        /** 130, 137, 138 and 143 are retried (KubeDL, {@code pkg/util/train/train_util.go}). */
        KUBEDL,
        /** Every end but 0 is retried. */
        ANY,
        /** No end is retried. */
        NONE,
        /** The listed ranges are retried. */
        CUSTOM
    }

    /**
     * An inclusive range of shell codes.
     *
     * @param from first code
     * @param to last code
     */
    public record Range(int from, int to) {}

    /**
     * Tells whether a failed process is worth another try.
     *
     * @param shellCode its code, 128 + n for signal n
     * @return true when it is
     */
    public boolean isRetryable(int shellCode) {
        return switch (profile) {
            case KUBEFLOW -> shellCode >= 128;
            case KUBEDL -> shellCode == 130 || shellCode == 137 || shellCode == 138 || shellCode == 143;
            case ANY -> shellCode != 0;
            case NONE -> false;
            case CUSTOM -> retryable.stream().anyMatch(range -> range.from() <= shellCode && shellCode <= range.to());
        };
    }
}
