package io.mlengine.backend.k8s.pod;

import io.mlengine.spi.model.FailureClass;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Why an init container has failed, told from the last lines that it wrote.
 *
 * @param failureClass whose fault it is
 * @param reason short word
 * @param message one sentence for people
 */
record StepFailure(FailureClass failureClass, String reason, String message) {
    /** The first pattern that is found counts. */
    private record Sign(Pattern pattern, StepFailure failure) {
        static Sign of(FailureClass failureClass, String reason, String message, String pattern) {
            return new Sign(Pattern.compile(pattern), new StepFailure(failureClass, reason, message));
        }
    }

    private static final Sign DISK =
            Sign.of(FailureClass.INFRASTRUCTURE, "DiskFull", "the node's disk is full", "no space left on device");

    // "Permission denied" of ssh comes with "could not read from remote repository": access goes first, route last.
    private static final List<Sign> OF_CODE = List.of(
            DISK,
            Sign.of(
                    FailureClass.CONFIGURATION,
                    "GitAuthentication",
                    "the git server refuses access to the code",
                    "authentication failed|could not read (username|password)|terminal prompts disabled|permission denied"
                            + "|returned error: 40[13]|access denied|host key verification failed"),
            Sign.of(
                    FailureClass.CONFIGURATION,
                    "GitRevisionUnknown",
                    "the repository has no such revision",
                    "couldn't find remote ref|not our ref|unadvertised object|no such remote ref|invalid refspec"),
            Sign.of(
                    FailureClass.CONFIGURATION,
                    "GitRepositoryUnknown",
                    "there is no such git repository",
                    "repository .*not found|does not appear to be a git|not a git repository|returned error: 404"
                            + "|does not exist"),
            Sign.of(
                    FailureClass.INFRASTRUCTURE,
                    "GitUnreachable",
                    "the git server cannot be reached",
                    "could not resolve|failed to connect|couldn't connect|connection (refused|timed out|reset|closed)"
                            + "|unreachable|no route to host|timed out|early eof|returned error: 5\\d\\d|unable to access"
                            + "|could not read from remote|context deadline exceeded"));

    private static final List<Sign> OF_PYTHON = List.of(
            DISK,
            Sign.of(
                    FailureClass.INFRASTRUCTURE,
                    "PackageIndexUnreachable",
                    "the package index cannot be reached",
                    "newconnectionerror|connecttimeout|read timed out|name resolution|max retries exceeded"),
            Sign.of(
                    FailureClass.CONFIGURATION,
                    "RequirementUnknown",
                    "pip finds no package for a requirement",
                    "no matching distribution|could not find a version|invalid requirement|resolutionimpossible"),
            Sign.of(
                    FailureClass.CONFIGURATION,
                    "EnvironmentNotBuilt",
                    "the image's Python cannot install environment.python.requirements",
                    "no module named pip|user site-packages are not visible|failed building wheel|failed to build"));

    static StepFailure of(String step, String output) {
        String said = output.toLowerCase(Locale.ROOT);
        List<Sign> signs = switch (step) {
            case PodNames.CODE -> OF_CODE;
            case PodNames.PYTHON -> OF_PYTHON;
            default -> List.of(DISK);
        };
        return signs.stream()
                .filter(sign -> sign.pattern().matcher(said).find())
                .map(Sign::failure)
                .findFirst()
                .orElseGet(() -> unknown(step));
    }

    private static StepFailure unknown(String step) {
        return switch (step) {
            case PodNames.CODE ->
                new StepFailure(FailureClass.INFRASTRUCTURE, "GitFailed", "the code could not be fetched");
            case PodNames.PYTHON ->
                new StepFailure(
                        FailureClass.CONFIGURATION,
                        "EnvironmentNotBuilt",
                        "environment.python.requirements could not be installed");
            default ->
                new StepFailure(
                        FailureClass.INFRASTRUCTURE, "InitContainerFailed", "the init container " + step + " failed");
        };
    }
}
