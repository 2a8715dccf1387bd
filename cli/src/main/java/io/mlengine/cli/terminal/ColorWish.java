package io.mlengine.cli.terminal;

import java.util.Map;

/** Whether colours are wished. */
public enum ColorWish {
    /** On a terminal, unless the environment says otherwise. */
    AUTO,
    /** Always. */
    ALWAYS,
    /** Never. */
    NEVER;

    /**
     * Decides for one stream.
     *
     * @param isTerminal whether the stream is a terminal
     * @param environment the variables: NO_COLOR, CLICOLOR, CLICOLOR_FORCE and TERM are looked at
     * @return true when colours shall be used
     */
    public boolean decide(boolean isTerminal, Map<String, String> environment) {
        return switch (this) {
            case ALWAYS -> true;
            case NEVER -> false;
            case AUTO -> automatic(isTerminal, environment);
        };
    }

    private static boolean automatic(boolean isTerminal, Map<String, String> environment) {
        if (!environment.getOrDefault("NO_COLOR", "").isEmpty()) {
            return false;
        }
        String force = environment.getOrDefault("CLICOLOR_FORCE", "");
        if (!force.isEmpty() && !force.equals("0")) {
            return true;
        }
        return isTerminal
                && !environment.getOrDefault("CLICOLOR", "1").equals("0")
                && !environment.getOrDefault("TERM", "dumb").equals("dumb");
    }
}
