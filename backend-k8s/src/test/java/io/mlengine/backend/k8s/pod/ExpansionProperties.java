package io.mlengine.backend.k8s.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.mlengine.spi.framework.PlanFile;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.EnvValue;
import io.mlengine.spi.model.FrameworkName;
import io.mlengine.spi.model.JobEnvironment;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Role;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ExpansionProperties {
    private static final String FOLDER = "/mlengine/plan";
    private static final Map<String, String> VARIABLES =
            Map.of("MLENGINE_PLAN_DIR", FOLDER, "HOME", "/root", "", "empty", "A", "$(HOME)");

    @Property
    void theProgramGetsTheExactWords(@ForAll("words") String word) {
        assertThat(NodeExpansion.expand(Expansion.literal(word), VARIABLES)).isEqualTo(word);
    }

    @Property
    void inPlansOnlyTheFoldersNameIsReplaced(@ForAll("words") String word) {
        assertThat(NodeExpansion.expand(Expansion.planned(word), VARIABLES))
                .isEqualTo(word.replace(PlanFile.FOLDER, FOLDER));
    }

    /** As on one machine: the folder's name counts in the plan only, and not in what job and role have written. */
    @Property
    void aContainerGetsTheExactWords(@ForAll("words") String word, @ForAll("words") String ofJob) {
        PodLaunch launch = launch(word, ofJob);
        Container main = new PodManifests(PodConfig.DEFAULT)
                .of(launch)
                .pods()
                .get(0)
                .getSpec()
                .getContainers()
                .get(0);
        Map<String, String> variables = new TreeMap<>();
        for (EnvVar variable : main.getEnv()) {
            if (variable.getValue() != null) {
                variables.put(variable.getName(), NodeExpansion.expand(variable.getValue(), variables));
            }
        }
        String planned = word.replace(PlanFile.FOLDER, FOLDER);
        assertThat(main.getCommand())
                .extracting(each -> NodeExpansion.expand(each, variables))
                .containsExactly("run", planned);
        assertThat(variables)
                .containsEntry("OF_PLAN", planned)
                .containsEntry("OF_ROLE", ofJob)
                .containsEntry("OF_JOB", ofJob)
                .containsEntry("OF_BOTH", planned);
    }

    private static PodLaunch launch(String word, String ofJob) {
        Role role = Role.named("main")
                .image("example/tool:1")
                .env("OF_ROLE", ofJob)
                .env("OF_BOTH", ofJob)
                .build();
        JobShape job = JobShape.builder()
                .name("job")
                .framework(FrameworkName.of("command"))
                .addRole(role)
                .environment(JobEnvironment.builder()
                        .putVariable("OF_JOB", EnvValue.of(ofJob))
                        .putVariable("OF_ROLE", EnvValue.of("less"))
                        .build())
                .build();
        ReplicaPlan plan = ReplicaPlan.builder()
                .key(new ReplicaKey("main", 0))
                .command(List.of("run", word))
                .env("OF_PLAN", word)
                .env("OF_BOTH", word)
                .build();
        AttemptId attempt = SampleJobs.attempt(1);
        return SampleJobs.launch(job, attempt, List.of(SampleJobs.start(attempt, 0, plan)), Map.of())
                .build();
    }

    /** The model of the node's expansion agrees with what its authors say. */
    @Example
    void theModelExpandsAsTheNodeDoes() {
        assertThat(NodeExpansion.expand("$(HOME) $$(HOME) $$$(HOME) $(NO) $HOME $( $", VARIABLES))
                .isEqualTo("/root $(HOME) $/root $(NO) $HOME $( $");
        assertThat(NodeExpansion.expand("$()", VARIABLES)).isEqualTo("empty");
        assertThat(NodeExpansion.expand("$(A)", VARIABLES)).isEqualTo("$(HOME)");
        assertThat(NodeExpansion.expand("$é", VARIABLES)).isNotEqualTo("$é");
    }

    @Provide
    Arbitrary<String> words() {
        Arbitrary<String> piece = Arbitraries.of(List.of(
                "$",
                "$$",
                "(",
                ")",
                "$(",
                "$(HOME)",
                "$(A)",
                "$()",
                PlanFile.FOLDER,
                "MLENGINE_PLAN_DIR",
                "a",
                " ",
                "é",
                "\uD83D\uDE00",
                "{x}",
                "${HOME}"));
        return piece.list().ofMaxSize(12).map(pieces -> String.join("", pieces));
    }
}
