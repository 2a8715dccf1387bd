package io.mlengine.cli.command;

import io.mlengine.backend.k8s.cluster.LeaseTimes;
import io.mlengine.backend.k8s.operator.OperatorRuntime;
import io.mlengine.backend.k8s.operator.OperatorSettings;
import io.mlengine.backend.local.doctor.Check;
import io.mlengine.cli.host.Host;
import io.mlengine.cli.log.LogForm;
import io.mlengine.cli.log.ProcessLog;
import io.mlengine.cli.output.ExitCode;
import io.mlengine.cli.output.Problem;
import io.mlengine.cli.run.OperatorRun;
import io.mlengine.cli.run.ProcessSignals;
import io.mlengine.cli.run.SignalSource;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the jobs of a Kubernetes cluster. */
@Command(
        name = "operator",
        description = "Run the jobs of a Kubernetes cluster: the controller, inside it or outside.",
        footer = {
            "",
            "Several may run: one leads, the others stand by. Ctrl-C and TERM end this one within 10 s and leave the jobs"
                    + " as they are: the next leader goes on with them. The log goes to standard error.",
            "",
            "Examples:",
            "  mlengine operator --dry-run",
            "  mlengine operator --context test --no-webhooks --watch-namespace team-a",
            "  mlengine operator --webhook-url https://10.0.0.7:9443"
        })
public final class OperatorCommand extends EngineCommand {
    private static final int MOST = 65535;

    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description = "Where the cluster is. Default: $$KUBECONFIG, ~/.kube/config, or the pod's own account.")
    @Nullable
    Path kubeconfig;

    @Option(
            names = "--context",
            paramLabel = "NAME",
            description = "Context of the kubeconfig. Default: its current one.")
    @Nullable
    String context;

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            description = "Namespace of the lease and of the certificates. Default: the context's, or the pod's own.")
    @Nullable
    String namespace;

    @Option(
            names = "--watch-namespace",
            paramLabel = "NAME",
            description = "Run the jobs of this namespace only. May be repeated. Default: all namespaces.")
    List<String> watchNamespaces = List.of();

    @Option(
            names = "--leader-elect",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Elect a leader. Without, nobody else may run a controller. Default: on.")
    boolean electsLeader = true;

    @Option(
            names = "--lease-duration",
            paramLabel = "TIME",
            defaultValue = "15s",
            description = "How long a leader that vanished keeps others from leading, at least 1s. Default: 15s.")
    String leaseDuration = "15s";

    @Option(
            names = "--webhooks",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Serve the admission webhooks. Default: on.")
    boolean servesWebhooks = true;

    @Option(
            names = "--webhook-port",
            paramLabel = "PORT",
            defaultValue = "9443",
            description = "Port of the admission webhooks. Default: 9443.")
    int webhookPort;

    @Option(
            names = "--webhook-url",
            paramLabel = "URL",
            description =
                    "Where the API server finds the webhooks of a controller outside the cluster. Default: the Service of"
                            + " the manifest.")
    @Nullable
    URI webhookUrl;

    @Option(
            names = "--webhook-certificates",
            paramLabel = "DIR",
            description =
                    "Folder with tls.crt and tls.key that somebody else keeps, such as cert-manager. Default: they are"
                            + " made, renewed and published by the operator.")
    @Nullable
    Path webhookCertificates;

    @Option(
            names = "--metrics-port",
            paramLabel = "PORT",
            defaultValue = "8080",
            description = "Port of /healthz, /readyz and /metrics; 0 for any. Default: 8080.")
    int metricsPort;

    @Option(
            names = "--git-sync-image",
            paramLabel = "IMAGE",
            description = "Image of git-sync, version 4. Default: none, and jobs with code from git are refused.")
    @Nullable
    String gitSyncImage;

    @Option(names = "--plugins", paramLabel = "DIR", description = "Load plugins from a folder too. May be repeated.")
    List<Path> plugins = List.of();

    @Option(
            names = "--log-format",
            paramLabel = "FORM",
            defaultValue = "text",
            description = "Form of the log: ${COMPLETION-CANDIDATES}. Default: text.")
    LogForm logForm = LogForm.TEXT;

    @Option(
            names = "--dry-run",
            description = "Only tell whether the cluster has what is needed: connection, version, resources,"
                    + " permissions. Ends with 6 when something is missing.")
    boolean dryRun;

    /** The command on a host. */
    public OperatorCommand(Host host) {
        super(host);
    }

    @Override
    ExitCode run() {
        refuseIds();
        OperatorSettings settings = settings();
        ProcessLog.begin(logForm, global.debug, host.error());
        try {
            return dryRun ? check(settings) : operate(settings);
        } catch (NoClassDefFoundError e) {
            throw Problem.of(
                            ExitCode.ENGINE,
                            "the operator's libraries are not on the class path: " + e.getMessage(),
                            "use the launcher mlengine, or add lib/operator/* to the class path")
                    .raise(e);
        }
    }

    private ExitCode check(OperatorSettings settings) {
        List<Check> checks = host.installation().controllers().checks(settings);
        printChecks(checks);
        boolean passed = checks.stream().allMatch(check -> check.status() == Check.Status.OK);
        return passed ? ExitCode.OK : ExitCode.ENGINE;
    }

    private ExitCode operate(OperatorSettings settings) {
        OperatorRuntime runtime = host.installation().controllers().open(settings, host.clock());
        try (SignalSource signals = new ProcessSignals()) {
            return new OperatorRun(runtime, signals, this::remark, OperatorRun.END_WITHIN).run();
        }
    }

    private OperatorSettings settings() {
        requirePort("--webhook-port", webhookPort, 1);
        requirePort("--metrics-port", metricsPort, 0);
        if (webhookUrl != null && !servesWebhooks) {
            throw refused("--webhook-url and --no-webhooks contradict each other", "leave one of them out");
        }
        if (webhookUrl != null && !"https".equals(webhookUrl.getScheme())) {
            throw refused("--webhook-url " + webhookUrl + " is no https address", "API servers call nothing else");
        }
        if (webhookCertificates != null && !servesWebhooks) {
            throw refused("--webhook-certificates and --no-webhooks contradict each other", "leave one of them out");
        }
        Duration lease = Times.duration(leaseDuration);
        if (lease.compareTo(LeaseTimes.SHORTEST) < 0) {
            throw refused("--lease-duration " + leaseDuration + " is too short", "name at least 1s");
        }
        return OperatorSettings.builder()
                .kubeconfig(Optional.ofNullable(kubeconfig))
                .context(Optional.ofNullable(context))
                .namespace(Optional.ofNullable(namespace))
                .watchNamespaces(watchNamespaces)
                .electsLeader(electsLeader)
                .leaseDuration(lease)
                .servesWebhooks(servesWebhooks)
                .webhookPort(webhookPort)
                .webhookUrl(Optional.ofNullable(webhookUrl))
                .webhookCertificates(Optional.ofNullable(webhookCertificates))
                .metricsPort(metricsPort)
                .gitSyncImage(Optional.ofNullable(gitSyncImage))
                .plugins(plugins)
                .build();
    }

    private static void requirePort(String option, int port, int least) {
        if (port < least || port > MOST) {
            throw refused(option + " " + port + " is no port", "name a number from " + least + " to " + MOST);
        }
    }

    private static RuntimeException refused(String title, String advice) {
        return Problem.of(ExitCode.USAGE, title, advice).raise();
    }
}
