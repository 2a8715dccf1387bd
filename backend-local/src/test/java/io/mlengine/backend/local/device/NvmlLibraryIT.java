package io.mlengine.backend.local.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.Native;
import io.mlengine.backend.local.tool.Tool;
import io.mlengine.backend.local.tool.ToolResult;
import io.mlengine.spi.backend.UsageSample;
import io.mlengine.spi.model.Device;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The binding against a C library with NVIDIA's structures: what a made-up Java library cannot show is their layout. */
class NvmlLibraryIT {
    @TempDir
    Path folder;

    @Test
    void aLibraryInCIsReadAsItsHeaderSays() throws Exception {
        boolean hasCompiler = Tool.find("cc", System.getenv()).isPresent();
        assumeTrue(
                hasCompiler || "all".equals(System.getProperty("mlengine.require")), "no C compiler on this machine");
        Path source = folder.resolve("nvml.c");
        try (InputStream stream = NvmlLibraryIT.class.getResourceAsStream("nvml.c")) {
            Files.copy(Objects.requireNonNull(stream), source);
        }
        Path library = folder.resolve("libnvidia-ml.so.1");
        ToolResult compiled = Tool.of("cc", "-shared", "-fPIC", "-o", library.toString(), source.toString())
                .withErrors()
                .run();
        assertThat(compiled.isSuccess()).as(compiled.text()).isTrue();
        try (NvmlDevices inventory = NvmlDevices.open(
                Native.load(library.toString(), NvmlLibrary.class), DeviceJudge.of(DeviceSettings.DEFAULT))) {
            List<Device> devices = inventory.devices();
            assertThat(inventory.report().sentence()).isEqualTo("found through NVML, driver 999.1, NVML 12.999.1");
            assertThat(devices).extracting(Device::id).containsExactly("GPU-0", "GPU-1", "MIG-a", "MIG-b");
            assertThat(devices.get(0).memoryBytes()).isEqualTo(80L << 30);
            assertThat(devices.get(0).detail()).isEqualTo("in use by process 999999998, process 999999999");
            assertThat(devices.get(1).availability()).isEqualTo(Device.Availability.UNUSABLE);
            assertThat(devices.get(2).migProfile()).contains("1g.10gb");
            assertThat(devices.get(2).memoryBytes()).isEqualTo(9728L << 20);
            assertThat(devices.get(3).migProfile()).contains("1c.3g.40gb");
            assertThat(inventory.usage(Set.of("GPU-0", "MIG-a")))
                    .containsExactly(new UsageSample.Gpu("GPU-0", 55, 7L << 30));
        }
    }
}
