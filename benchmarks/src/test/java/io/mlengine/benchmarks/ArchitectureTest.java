package io.mlengine.benchmarks;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.lang.ArchRule;
import io.mlengine.build.testing.ArchitectureTests;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class ArchitectureTest {
    static final ArchRule MEASURES_WHAT_USERS_SEE = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.mlengine.core.internal..", "io.mlengine.plugins..", "io.mlengine.cli..")
            .allowEmptyShould(true);

    @TestFactory
    Stream<DynamicTest> rulesHold() {
        return ArchitectureTests.of(ArchitectureTest.class);
    }
}
