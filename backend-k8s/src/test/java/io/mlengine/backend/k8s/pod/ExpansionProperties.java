package io.mlengine.backend.k8s.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.spi.framework.PlanFile;
import java.util.List;
import java.util.Map;
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
