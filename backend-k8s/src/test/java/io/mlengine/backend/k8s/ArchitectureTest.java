package io.mlengine.backend.k8s;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.lang.ArchRule;
import io.mlengine.build.testing.ArchitectureTests;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class ArchitectureTest {
    static final ArchRule KNOWS_NO_OTHER_BACKEND_AND_NO_PLUGIN = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.mlengine.backend.local..", "io.mlengine.plugins..")
            .allowEmptyShould(true);

    static final ArchRule NO_GUICE_AND_NO_PF4J = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.google.inject..", "jakarta.inject..", "org.pf4j..")
            .allowEmptyShould(true);

    static final ArchRule NOTHING_INTERNAL = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.mlengine.core.internal..")
            .allowEmptyShould(true);

    @TestFactory
    Stream<DynamicTest> rulesHold() {
        return ArchitectureTests.of(ArchitectureTest.class);
    }
}
