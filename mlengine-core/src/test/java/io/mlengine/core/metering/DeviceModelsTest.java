package io.mlengine.core.metering;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Phase;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.Device;
import io.mlengine.spi.model.GpuRequest;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Node;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeviceModelsTest {
    private static final String A100 = "NVIDIA-A100-SXM4-40GB";
    private static final String SLICE = "NVIDIA-A100-SXM4-40GB-MIG-1g.5gb";
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final DeviceModels MODELS = DeviceModels.of(List.of(
            node("uniform", device("gpu-0", A100, Optional.empty()), device("gpu-1", A100, Optional.empty())),
            node("mixed", device("gpu-0", A100, Optional.empty()), device("gpu-1", "H100", Optional.empty())),
            node("sliced", device("mig-0", SLICE, Optional.of("1g.5gb")), device("gpu-0", A100, Optional.empty()))));

    private static Node node(String name, Device... devices) {
        return Node.builder()
                .name(name)
                .cpuMillis(1)
                .memoryBytes(1)
                .addDevices(devices)
                .build();
    }

    private static Device device(String id, String model, Optional<String> profile) {
        return Device.builder()
                .id(id)
                .index(0)
                .model(model)
                .memoryBytes(1)
                .migProfile(profile)
                .build();
    }

    @Test
    void aDeviceThatIsNamedHasItsOwnModel() {
        assertThat(MODELS.model("mixed", "gpu-1")).contains("H100");
        assertThat(MODELS.model("mixed", "gpu-9")).isEmpty();
        assertThat(MODELS.model("gone", "gpu-1")).isEmpty();
    }

    @Test
    void devicesThatTheNodeChoosesHaveTheOnlyModelThatFits() {
        GpuRequest any = GpuRequest.of(1);
        GpuRequest asked = GpuRequest.builder().count(1).model("a100").build();
        GpuRequest slice = GpuRequest.builder().count(1).migProfile("1g.5gb").build();

        assertThat(MODELS.model("uniform", any)).contains(A100);
        assertThat(MODELS.model("mixed", any)).isEmpty();
        assertThat(MODELS.model("mixed", asked)).contains(A100);
        assertThat(MODELS.model("sliced", any)).contains(A100);
        assertThat(MODELS.model("sliced", slice)).contains(SLICE);
        assertThat(MODELS.model("gone", any)).isEmpty();
    }

    @Test
    void usageNamesTheModelOrWhatWasAskedFor() {
        assertThat(usageOn("uniform", GpuRequest.of(2)).deviceModel()).isEqualTo(A100);
        assertThat(usageOn("uniform", GpuRequest.of(2)).deviceMillis()).isEqualTo(2 * 5000);
        assertThat(usageOn("mixed", GpuRequest.of(2)).deviceModel()).isEqualTo(UsageRecord.UNKNOWN);
        assertThat(usageOn("gone", GpuRequest.builder().count(2).model("A100").build())
                        .deviceModel())
                .isEqualTo("A100");
    }

    private static UsageRecord usageOn(String node, GpuRequest gpus) {
        Role worker = Role.named("worker")
                .resources(Resources.builder().gpus(gpus).build())
                .build();
        Attempt attempt = Attempt.builder()
                .id(new AttemptId(JobId.of("job-1"), 1))
                .grantedAt(START)
                .endedAt(START.plusSeconds(5))
                .placement(new Placement(List.of(new Placement.Slot(new ReplicaKey("worker", 0), node, List.of()))))
                .build();
        JobRecord job = JobRecord.builder()
                .id(JobId.of("job-1"))
                .train(MLTrain.named("job").framework("command").addRole(worker).build())
                .user("ana")
                .sequence(1)
                .version(1)
                .phase(Phase.QUEUED)
                .createdAt(START)
                .attempt(attempt)
                .build();
        AttemptUsage usage = Usage.ofEnded(job, attempt, MODELS).orElseThrow();
        assertThat(usage.records()).hasSize(1);
        return usage.records().get(0);
    }
}
