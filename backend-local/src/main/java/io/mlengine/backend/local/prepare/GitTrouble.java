package io.mlengine.backend.local.prepare;

import io.mlengine.backend.local.tool.ToolResult;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.GitSource;
import java.util.Locale;
import java.util.regex.Pattern;

/** The ways in which git fails, told from what it says in the C locale. */
enum GitTrouble {
    TIMED_OUT(FailureClass.INFRASTRUCTURE, "GitTimedOut", "git did not finish in time with", ""),
    DISK_FULL(
            FailureClass.INFRASTRUCTURE,
            "DiskFull",
            "The disk is full while fetching",
            "Maybe free space in the cache folder."),
    AUTHENTICATION(
            FailureClass.CONFIGURATION,
            "GitAuthentication",
            "The git server refuses access to",
            "Maybe name a secret with the keys username and password in code.git.credentials, or load the ssh key into"
                    + " the agent."),
    REVISION_UNKNOWN(
            FailureClass.CONFIGURATION,
            "GitRevisionUnknown",
            "There is no such revision in",
            "Maybe the branch was renamed or the commit was not pushed."),
    REPOSITORY_UNKNOWN(
            FailureClass.CONFIGURATION,
            "GitRepositoryUnknown",
            "There is no git repository at",
            "Maybe the URL has a typing mistake, or the repository is private and needs code.git.credentials."),
    UNREACHABLE(FailureClass.INFRASTRUCTURE, "GitUnreachable", "The git server cannot be reached for", ""),
    OTHER(FailureClass.INFRASTRUCTURE, "GitFailed", "git failed with", "");

    private static final Pattern NO_ACCESS = Pattern.compile("authentication failed|could not read (username|password)"
            + "|terminal prompts disabled|permission denied|returned error: 40[13]|http basic: access denied"
            + "|host key verification failed|invalid (username|credentials)");
    private static final Pattern NO_REVISION = Pattern.compile("couldn't find remote ref|not our ref"
            + "|unadvertised object|no such remote ref|invalid refspec|unable to find|upload-pack: not our");
    private static final Pattern NO_REPOSITORY = Pattern.compile("repository .*not found|does not appear to be a git"
            + "|not a git repository|returned error: 404|does not exist|no such file or directory|unable to find remote helper"
            + "|protocol .* is not supported|transport '.*' not allowed");
    private static final Pattern NO_ROUTE = Pattern.compile("could not resolve|failed to connect|couldn't connect"
            + "|connection (refused|timed out|reset|closed)|network is unreachable|no route to host|timed out|rpc failed"
            + "|early eof|returned error: 5\\d\\d|operation too slow|unable to access|could not read from remote|ssl");

    private final FailureClass failureClass;
    private final String reason;
    private final String words;
    private final String advice;

    GitTrouble(FailureClass failureClass, String reason, String words, String advice) {
        this.failureClass = failureClass;
        this.reason = reason;
        this.words = words;
        this.advice = advice;
    }

    static GitTrouble of(ToolResult result) {
        String said = result.text().toLowerCase(Locale.ROOT);
        if (result.isTimedOut()) {
            return TIMED_OUT;
        }
        if (said.contains("no space left on device")) {
            return DISK_FULL;
        }
        // "Permission denied" of ssh comes with "could not read from remote repository": access goes first, route last.
        if (NO_ACCESS.matcher(said).find()) {
            return AUTHENTICATION;
        }
        if (NO_REVISION.matcher(said).find()) {
            return REVISION_UNKNOWN;
        }
        if (NO_REPOSITORY.matcher(said).find()) {
            return REPOSITORY_UNKNOWN;
        }
        return NO_ROUTE.matcher(said).find() ? UNREACHABLE : OTHER;
    }

    PreparationException toException(GitSource source, String said) {
        String message = words + " " + source.repository() + " (revision " + source.revision() + ")."
                + (said.isEmpty() ? "" : " git says: " + said.replace("\n", "; "))
                + (advice.isEmpty() ? "" : " " + advice);
        return new PreparationException(failureClass, reason, message);
    }
}
