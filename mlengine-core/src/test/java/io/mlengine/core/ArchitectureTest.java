package io.mlengine.core;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.lang.ArchRule;
import io.mlengine.build.testing.ArchitectureRules;
import io.mlengine.build.testing.ArchitectureTests;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class ArchitectureTest {
    private static final String[] PURE = {
        "io.mlengine.core.job..",
        "io.mlengine.core.lifecycle..",
        "io.mlengine.core.admission..",
        "io.mlengine.core.queue..",
        "io.mlengine.core.scheduling..",
        "io.mlengine.core.metering.."
    };

    private static final String[] WIRING = {"io.mlengine.core.internal..", "io.mlengine.core.guice.."};

    static final ArchRule KNOWS_NO_BACKEND_AND_NO_PLUGIN = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.fabric8..", "io.mlengine.backend..", "io.mlengine.plugins..")
            .allowEmptyShould(true);

    static final ArchRule PF4J_STAYS_IN_THE_CATALOGUE = noClasses()
            .that()
            .resideOutsideOfPackage("io.mlengine.core.plugin..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.pf4j..")
            .allowEmptyShould(true);

    static final ArchRule GUICE_STAYS_IN_THE_WIRING = noClasses()
            .that()
            .resideOutsideOfPackages(WIRING)
            .should()
            .dependOnClassesThat(resideInAPackage("com.google.inject..")
                    .or(resideInAPackage("jakarta.inject..").and(not(name("jakarta.inject.Inject")))))
            .allowEmptyShould(true);

    static final ArchRule JACKSON_STAYS_IN_DOCUMENTS = noClasses()
            .that()
            .resideOutsideOfPackage("io.mlengine.core.document..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.fasterxml.jackson..")
            .allowEmptyShould(true);

    static final ArchRule PURE_CORE_DOES_NO_IO_AND_NO_THREADS = noClasses()
            .that()
            .resideInAnyPackage(PURE)
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                            "java.net..", "java.nio.file..", "org.slf4j..", "java.util.logging..")
                    .or(resideInAPackage("java.io..").and(not(name("java.io.Serializable"))))
                    .or(resideInAPackage("java.util.concurrent..").and(not(name("java.util.concurrent.TimeUnit"))))
                    .or(assignableTo(Thread.class))
                    .or(assignableTo(RandomGenerator.class)))
            .allowEmptyShould(true);

    // Set.of and Map.of iterate in an order that differs from one JVM to the next; hash tables, between versions.
    static final ArchRule PURE_CORE_MAKES_NO_HASH_ORDER = noClasses()
            .that()
            .resideInAnyPackage(PURE)
            .should()
            .accessTargetWhere(describe("target makes a collection in hash order", access -> {
                String owner = access.getTargetOwner().getName();
                String member = access.getTarget().getName();
                return switch (owner) {
                    case "java.util.HashMap", "java.util.HashSet", "java.util.IdentityHashMap" ->
                        member.equals("<init>");
                    case "java.util.Set", "java.util.Map" ->
                        Set.of("of", "copyOf", "ofEntries").contains(member);
                    case "java.util.stream.Collectors" ->
                        Set.of("toSet", "toUnmodifiableSet", "toUnmodifiableMap")
                                .contains(member);
                    default -> false;
                };
            }))
            .allowEmptyShould(true);

    static final ArchRule JOBS_KNOW_NOBODY = noClasses()
            .that()
            .resideInAPackage("io.mlengine.core.job..")
            .should()
            .dependOnClassesThat(
                    resideInAPackage("io.mlengine.core..").and(resideOutsideOfPackage("io.mlengine.core.job..")))
            .allowEmptyShould(true);

    // Views show why a job waits and how its queue is configured: values of the pure core, never its workings.
    static final ArchRule API_USES_VALUES_ONLY = noClasses()
            .that()
            .resideInAPackage("io.mlengine.core.api..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.mlengine..")
                    .and(resideOutsideOfPackages(
                            "io.mlengine.core.api..",
                            "io.mlengine.core.job..",
                            "io.mlengine.core.queue..",
                            "io.mlengine.core.scheduling..",
                            "io.mlengine.spi..")))
            .allowEmptyShould(true);

    // Internal types are reached from the wiring and from the entry point in the root package alone.
    static final ArchRule INTERNAL_IS_INTERNAL = noClasses()
            .that()
            .resideInAPackage("io.mlengine.core.*..")
            .and()
            .resideOutsideOfPackages(WIRING)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.mlengine.core.internal..")
            .allowEmptyShould(true);

    static final ArchRule ENGINE_DOES_NOT_KNOW_ITS_WIRING = noClasses()
            .that()
            .resideInAPackage("io.mlengine.core.internal.engine..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.mlengine.core.internal.inject..")
            .allowEmptyShould(true);

    static final ArchRule TIME_AND_CHANCE_ARE_INJECTED =
            ArchitectureRules.timeAndChanceAreInjected("io.mlengine.core.time..");

    @TestFactory
    Stream<DynamicTest> rulesHold() {
        return ArchitectureTests.of(ArchitectureTest.class);
    }
}
