package io.mlengine.plugins;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.lang.ArchRule;
import io.mlengine.build.testing.ArchitectureRules;
import io.mlengine.build.testing.ArchitectureTests;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class ArchitectureTest {
    static final ArchRule SEES_THE_SPI_ONLY = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "org.jspecify..",
                    "org.immutables..",
                    "org.pf4j..",
                    "io.mlengine.spi..",
                    "io.mlengine.plugins..")
            .allowEmptyShould(true);

    static final ArchRule TIME_AND_CHANCE_ARE_INJECTED = ArchitectureRules.timeAndChanceAreInjected();

    @TestFactory
    Stream<DynamicTest> rulesHold() {
        return ArchitectureTests.of(ArchitectureTest.class);
    }
}
