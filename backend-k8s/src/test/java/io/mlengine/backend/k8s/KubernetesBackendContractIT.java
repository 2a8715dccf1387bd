package io.mlengine.backend.k8s;

import io.fabric8.kubernetes.api.model.Pod;
import io.mlengine.backend.k8s.pod.PodNames;
import io.mlengine.backend.k8s.testing.FakeKubelet;
import io.mlengine.backend.k8s.testing.FakeNodes;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.backend.k8s.testing.PodEnd;
import io.mlengine.backend.k8s.testing.PodScript;
import io.mlengine.spi.backend.ComputeBackend;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.testkit.contract.ComputeBackendContract;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;

class KubernetesBackendContractIT extends ComputeBackendContract {
    private final KubernetesServer server = KubernetesServer.shared();
    private final String namespace = server.newNamespace();
    private final TestOwners owners = new TestOwners(server.client(), namespace);
    private final FakeNodes nodes = new FakeNodes(server.client());
    private final FakeOutput output = new FakeOutput();
    private final FakeKubelet kubelet;

    KubernetesBackendContractIT() {
        nodes.add(1, 0, output::serves);
        kubelet = FakeKubelet.start(server, nodes, this::script);
    }

    @AfterEach
    void closeCluster() {
        kubelet.close();
        output.close();
        nodes.close();
    }

    private PodScript script(Pod pod) {
        PlannedProgram program = new PlannedProgram(server.client(), pod);
        Behaviour behaviour = Behaviour.valueOf(program.words().get(0));
        String name = pod.getMetadata().getName();
        lines(behaviour, program).forEach(line -> output.write(name, line));
        output.end(name);
        return switch (behaviour) {
            case SUCCEEDS, SPEAKS, SHOWS -> PodScript.exits(0);
            case FAILS -> PodScript.ends(PodEnd.exit(3));
            case STAYS -> PodScript.runsUntilDeleted();
            case STAYS_WITH_A_CHILD -> PodScript.runsUntilDeleted().ignoringTerm();
        };
    }

    private static List<String> lines(Behaviour behaviour, PlannedProgram program) {
        return switch (behaviour) {
            case SPEAKS -> IntStream.range(0, 500).mapToObj(i -> "line " + i).toList();
            case SHOWS -> {
                String last = program.words().get(program.words().size() - 1);
                yield List.of(
                        program.file(last).strip(),
                        program.file(program.variable("PLANNED")).strip(),
                        program.variable("MLENGINE_ATTEMPT_SECRET"));
            }
            case SUCCEEDS, FAILS, STAYS, STAYS_WITH_A_CHILD -> List.of();
        };
    }

    @Override
    protected ComputeBackend create() {
        KubernetesConfig config =
                KubernetesConfig.builder().client(server.client()).build();
        return KubernetesBackend.create(config, owners);
    }

    @Override
    protected JobId jobId(String name) {
        return owners.job(name);
    }

    @Override
    protected List<String> command(ReplicaId replica, Behaviour behaviour) {
        return List.of(behaviour.name());
    }

    @Override
    protected void letTimePass(Duration duration) {
        LockSupport.parkNanos(duration.toNanos());
    }

    @Override
    protected boolean isAlive(ReplicaId replica) {
        String pod = PodNames.pod(owners.owner(replica.attempt().job()).name(), replica);
        Pod found = server.client().pods().inNamespace(namespace).withName(pod).get();
        return found != null
                && found.getStatus().getContainerStatuses().stream()
                        .anyMatch(container -> container.getState().getRunning() != null);
    }
}
