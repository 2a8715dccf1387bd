package io.mlengine.testkit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.lang.ArchRule;
import io.mlengine.build.testing.ArchitectureRules;
import io.mlengine.build.testing.ArchitectureTests;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class ArchitectureTest {
    static final ArchRule KNOWS_NO_BACKEND_AND_NO_PLUGIN = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.fabric8..", "io.mlengine.backend..", "io.mlengine.plugins..")
            .allowEmptyShould(true);

    static final ArchRule TIME_AND_CHANCE_ARE_INJECTED = ArchitectureRules.timeAndChanceAreInjected();

    @TestFactory
    Stream<DynamicTest> rulesHold() {
        return ArchitectureTests.of(ArchitectureTest.class);
    }
}
