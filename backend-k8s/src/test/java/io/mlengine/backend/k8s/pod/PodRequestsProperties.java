package io.mlengine.backend.k8s.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class PodRequestsProperties {
    /** The most that is taken at any moment of the pod's life: its init containers one by one, then all the others. */
    @Property
    void aPodTakesTheMostThatItEverNeeds(
            @ForAll("steps") List<Container> steps, @ForAll("containers") List<Container> containers) {
        long lasting = 0;
        long most = 0;
        for (Container step : steps) {
            most = Math.max(most, lasting + cpus(step));
            lasting += step.getRestartPolicy() == null ? 0 : cpus(step);
        }
        most = Math.max(
                most,
                lasting
                        + containers.stream()
                                .mapToLong(PodRequestsProperties::cpus)
                                .sum());
        assertThat(PodRequests.of(pod(steps, containers)).getOrDefault("cpu", BigDecimal.ZERO))
                .isEqualByComparingTo(BigDecimal.valueOf(most));
    }

    @Property
    void oneContainerMoreNeverTakesLess(
            @ForAll("steps") List<Container> steps, @ForAll("containers") List<Container> containers) {
        BigDecimal all = PodRequests.of(pod(steps, containers)).getOrDefault("cpu", BigDecimal.ZERO);
        BigDecimal fewer = PodRequests.of(pod(steps, containers.subList(1, containers.size())))
                .getOrDefault("cpu", BigDecimal.ZERO);
        assertThat(all).isGreaterThanOrEqualTo(fewer);
    }

    @Example
    void limitsOverheadAndUnitsCount() {
        Pod pod = new PodBuilder()
                .withNewSpec()
                .addNewContainer()
                .withNewResources()
                .withRequests(Map.of("cpu", new Quantity("250m")))
                .withLimits(Map.of("cpu", new Quantity("2"), "memory", new Quantity("1Gi")))
                .endResources()
                .endContainer()
                .addNewContainer()
                .endContainer()
                .withOverhead(Map.of("cpu", new Quantity("50m")))
                .endSpec()
                .build();
        assertThat(PodRequests.of(pod).get("cpu")).isEqualByComparingTo("0.3");
        assertThat(PodRequests.of(pod).get("memory")).isEqualByComparingTo("1073741824");
    }

    @Example
    void whatThePodAsksForAsAWholeCountsInstead() {
        Pod pod = new PodBuilder(pod(List.of(), List.of(container(1, false))))
                .editSpec()
                .withNewResources()
                .withRequests(Map.of("cpu", new Quantity("5")))
                .endResources()
                .endSpec()
                .build();
        assertThat(PodRequests.of(pod).get("cpu")).isEqualByComparingTo("5");
    }

    @Provide
    Arbitrary<List<Container>> steps() {
        return Combinators.combine(Arbitraries.integers().between(0, 9), Arbitraries.of(true, false))
                .as(PodRequestsProperties::container)
                .list()
                .ofMaxSize(5);
    }

    @Provide
    Arbitrary<List<Container>> containers() {
        return Arbitraries.integers()
                .between(0, 9)
                .map(cpus -> container(cpus, false))
                .list()
                .ofMinSize(1)
                .ofMaxSize(4);
    }

    private static Container container(int cpus, boolean keepsRunning) {
        return new ContainerBuilder()
                .withRestartPolicy(keepsRunning ? "Always" : null)
                .withNewResources()
                .withRequests(Map.of("cpu", new Quantity(Integer.toString(cpus))))
                .endResources()
                .build();
    }

    private static long cpus(Container container) {
        return Stream.of(container.getResources().getRequests().get("cpu"))
                .mapToLong(quantity -> Long.parseLong(quantity.getAmount()))
                .sum();
    }

    private static Pod pod(List<Container> steps, List<Container> containers) {
        return new PodBuilder()
                .withNewSpec()
                .withInitContainers(steps)
                .withContainers(containers)
                .endSpec()
                .build();
    }
}
