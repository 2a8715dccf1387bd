package io.mlengine.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.lang.ArchRule;
import io.mlengine.build.testing.ArchitectureRules;
import io.mlengine.build.testing.ArchitectureTests;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class ArchitectureTest {
    static final ArchRule NOTHING_INTERNAL = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.mlengine.core.internal..")
            .allowEmptyShould(true);

    static final ArchRule NO_GUICE = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.google.inject..", "jakarta.inject..")
            .allowEmptyShould(true);

    static final ArchRule TIME_AND_CHANCE_ARE_INJECTED = ArchitectureRules.timeAndChanceAreInjected();

    @TestFactory
    Stream<DynamicTest> rulesHold() {
        return ArchitectureTests.of(ArchitectureTest.class);
    }
}
