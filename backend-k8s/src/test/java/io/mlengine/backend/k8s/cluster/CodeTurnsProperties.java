package io.mlengine.backend.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.ReplicaId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class CodeTurnsProperties {
    private static final String COMMIT = "8c2f1d0e9b7a6c5d4e3f2a1b0c9d8e7f6a5b4c3d";
    private static final AttemptId ATTEMPT = new AttemptId(JobId.of("job"), 1);

    private static ReplicaId id(int index) {
        return new ReplicaId(ATTEMPT, "worker", index, 0);
    }

    private static Replicas.Fetching fetching(int index, String revision, boolean isLive, boolean isBound) {
        Pod pod = new PodBuilder()
                .withNewMetadata()
                .withAnnotations(Map.of(Labels.CODE_REVISION, revision))
                .endMetadata()
                .build();
        return new Replicas.Fetching(id(index), pod, isLive, isBound);
    }

    @Provide
    Arbitrary<List<Replicas.Fetching>> branches() {
        Arbitrary<Boolean> flag = Arbitraries.of(true, false);
        return Combinators.combine(flag, flag)
                .as((isLive, isBound) -> fetching(0, "main", isLive, isBound))
                .list()
                .ofMaxSize(6)
                .map(list -> {
                    List<Replicas.Fetching> numbered = new ArrayList<>();
                    for (int i = 0; i < list.size(); i++) {
                        numbered.add(fetching(
                                i, "main", list.get(i).isLive(), list.get(i).isBound()));
                    }
                    return numbered;
                });
    }

    /** Plays on: whoever has a turn is bound, until nobody has one. */
    @Property
    void atMostOneMoreIsSentBeforeTheCommitIsKnown(@ForAll("branches") List<Replicas.Fetching> start) {
        List<Replicas.Fetching> now = new ArrayList<>(start);
        Optional<ReplicaId> chosen = Optional.empty();
        int sent = 0;
        for (int round = 0; round < 10; round++) {
            CodeTurns turns = CodeTurns.of(now, chosen);
            chosen = turns.first();
            for (int i = 0; i < now.size(); i++) {
                Replicas.Fetching one = now.get(i);
                if (one.isLive()
                        && !one.isBound()
                        && turns.turn(one.id(), one.pod()).isPresent()) {
                    now.set(i, fetching(i, "main", true, true));
                    sent++;
                }
            }
        }

        boolean wasSent = start.stream().anyMatch(one -> one.isLive() && one.isBound());
        boolean canBeSent = start.stream().anyMatch(Replicas.Fetching::isLive);
        assertThat(sent).isEqualTo(wasSent || !canBeSent ? 0 : 1);
    }

    @Property
    void allFollowWithTheCommitOnceItIsKnown(@ForAll("branches") List<Replicas.Fetching> others) {
        List<Replicas.Fetching> all = new ArrayList<>(others);
        all.add(fetching(9, COMMIT, false, true));
        CodeTurns turns = CodeTurns.of(all, Optional.empty());

        for (Replicas.Fetching one : others) {
            assertThat(turns.turn(one.id(), one.pod())).contains(Map.of(Labels.CODE_REVISION, COMMIT));
        }
        assertThat(turns.first()).isEmpty();
    }

    @Example
    void whoWasChosenStaysFirstAlsoWhenLowerOnesCome() {
        List<Replicas.Fetching> wave = List.of(fetching(0, "main", true, false), fetching(1, "main", true, false));

        assertThat(CodeTurns.of(wave, Optional.of(id(1))).first()).contains(id(1));
        assertThat(CodeTurns.of(wave, Optional.of(id(7))).first()).contains(id(0));
    }

    @Example
    void whoeverNamesACommitOrNoCodeWaitsForNobody() {
        CodeTurns turns = CodeTurns.of(List.of(), Optional.empty());

        assertThat(turns.turn(
                        id(0), new PodBuilder().withNewMetadata().endMetadata().build()))
                .contains(Map.of());
        assertThat(turns.turn(id(0), fetching(0, COMMIT, true, false).pod())).contains(Map.of());
        assertThat(turns.turn(id(0), fetching(0, "main", true, false).pod())).isEmpty();
    }
}
