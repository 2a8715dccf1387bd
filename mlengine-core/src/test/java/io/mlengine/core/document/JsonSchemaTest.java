package io.mlengine.core.document;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.mlengine.build.testing.GoldenFile;
import io.mlengine.core.admission.Frameworks;
import org.junit.jupiter.api.Test;

class JsonSchemaTest {
    @Test
    void theShippedSchemaIsTheOneOfTheFieldTable() {
        GoldenFile.named("../../main/resources/io/mlengine/schema/mltrain-v1.json")
                .assertMatches(JsonSchema.of(Frameworks.NONE));
    }

    @Test
    void optionsOfALoadedFrameworkAreChecked() {
        var schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(JsonSchema.of(FakeLauncher.FRAMEWORKS));
        String job = """
                {"apiVersion": "mlengine.io/v1", "kind": "MLTrain", "metadata": {"name": "a"},
                 "spec": {"framework": "%s", "frameworkOptions": %s}}
                """;
        assertThat(schema.validate(job.formatted("pytorch", "{\"nprocPerNode\": 2}"), InputFormat.JSON))
                .isEmpty();
        assertThat(schema.validate(job.formatted("pytorch", "{\"nprocPerNode\": 0}"), InputFormat.JSON))
                .isNotEmpty();
        assertThat(schema.validate(job.formatted("pytorch", "{\"nproc\": 2}"), InputFormat.JSON))
                .isNotEmpty();
        assertThat(schema.validate(job.formatted("other", "{\"nproc\": 2}"), InputFormat.JSON))
                .isEmpty();
    }
}
