package io.mlengine.backend.k8s.delegate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.mlengine.backend.k8s.pod.JobOwner;
import io.mlengine.core.convert.Conversion;
import io.mlengine.core.convert.ForeignJobs;
import io.mlengine.core.job.MLTrain;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Laws of the object that a job becomes. */
class DelegateObjectProperties {
    private static final JobOwner OWNER =
            new JobOwner("mlengine.io/v1", "MLTrain", "team-a", "mnist", "6b1e0f2c-0000-4000-8000-000000000001");

    @Provide
    Arbitrary<MLTrain> trains() {
        return DelegatedTrains.any();
    }

    private static JsonNode json(GenericKubernetesResource object) {
        return new ObjectMapper().valueToTree(object);
    }

    /** The converter knows Kubeflow's fields by itself, so what it reads is what was meant. */
    @Property
    void convertedBackItIsTheSameJob(@ForAll("trains") MLTrain train) {
        String text = Serialization.asYaml(DelegateObject.of(train, OWNER, 7));

        Conversion conversion = ForeignJobs.of("job.yaml", text.getBytes(StandardCharsets.UTF_8))
                .convert();

        assertThat(conversion.violations()).isEmpty();
        assertThat(DelegatedTrains.meaning(conversion.jobs().get(0).train())).isEqualTo(DelegatedTrains.meaning(train));
    }

    @Property
    void allPodsAreOneGangOfOurScheduler(@ForAll("trains") MLTrain train) {
        JsonNode spec = json(DelegateObject.of(train, OWNER, 7)).path("spec");
        JsonNode roles =
                spec.path(KindWords.of(train.delegate().orElseThrow().kind()).replicaSpecs());

        assertThat(roles).hasSameSizeAs(train.roles());
        int replicas = 0;
        for (JsonNode role : roles) {
            JsonNode template = role.path("template");
            replicas += role.path("replicas").asInt();
            assertThat(template.at("/spec/schedulerName").asText()).isEqualTo("mlengine");
            assertThat(template.at("/metadata/labels/mlengine.io~1gang").asText())
                    .isEqualTo("mnist");
            assertThat(template.at("/metadata/labels/mlengine.io~1queue").asText())
                    .isEqualTo(train.queue());
            assertThat(template.at("/metadata/labels").has("app.kubernetes.io/managed-by"))
                    .isFalse();
            assertThat(template.at("/metadata/annotations/mlengine.io~1gang-size")
                            .asText())
                    .isEqualTo(Integer.toString(DelegateTemplates.gangSize(train)));
        }
        assertThat(DelegateTemplates.gangSize(train)).isBetween(1, replicas);
    }

    @Property
    void nothingSecretIsWritten(@ForAll("trains") MLTrain train) {
        JsonNode object = json(DelegateObject.of(train, OWNER, 7));

        object.findValues("env")
                .forEach(list -> list.forEach(variable -> {
                    if (variable.path("name").asText().equals("TOKEN")) {
                        assertThat(variable.has("value")).isFalse();
                        assertThat(variable.at("/valueFrom/secretKeyRef/name").asText())
                                .isEqualTo("hub");
                    }
                }));
    }

    @Property
    void itIsMadeRunningAndBelongsToTheJob(@ForAll("trains") MLTrain train) {
        GenericKubernetesResource object = DelegateObject.of(train, OWNER, 7);
        KubeflowJob read = read(object, train);

        assertThat(read.isSuspended()).isFalse();
        assertThat(DelegatedJob.ownerOf(object))
                .contains(new DelegatedJob(OWNER.namespace(), OWNER.name(), OWNER.uid()));
        train.roles().forEach(role -> assertThat(read.sizes()).containsEntry(role.name(), role.replicas()));
        assertThat(object).isEqualTo(DelegateObject.of(train, OWNER, 7));
    }

    /** A change says nothing but what may change. */
    @Property
    void aChangeNamesFewFields(@ForAll("trains") MLTrain train, @ForAll boolean suspend) {
        GenericKubernetesResource change = DelegateObject.change(train, OWNER, "u", suspend);
        KubeflowJob read = read(change, train);

        assertThat(read.isSuspended()).isEqualTo(suspend);
        assertThat(read.uid()).isEqualTo("u");
        train.roles()
                .forEach(role ->
                        assertThat(read.sizes().containsKey(role.name())).isEqualTo(role.isElastic()));
        assertThat(json(change).findValues("template")).isEmpty();
    }

    private static KubeflowJob read(GenericKubernetesResource object, MLTrain train) {
        return KubeflowJob.of(object, train.delegate().orElseThrow());
    }
}
