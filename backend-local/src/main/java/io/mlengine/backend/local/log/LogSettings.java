package io.mlengine.backend.local.log;

/**
 * How much output is kept.
 *
 * @param bytesPerFile size at which a file is cut
 * @param rotatedFiles how many cut files are kept beside the current one
 */
public record LogSettings(long bytesPerFile, int rotatedFiles) {
    /** Checks the numbers. */
    public LogSettings {
        if (bytesPerFile < 1 || rotatedFiles < 1) {
            throw new IllegalArgumentException("log limits must be positive");
        }
    }
}
