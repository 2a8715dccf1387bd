package io.mlengine.build.testing;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.lang.ArchRule;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class ArchitectureTest {
    static final ArchRule KNOWS_NO_MODULE = noClasses()
            .should()
            .dependOnClassesThat(resideInAPackage("io.mlengine..").and(resideOutsideOfPackage("io.mlengine.build..")))
            .allowEmptyShould(true);

    @TestFactory
    Stream<DynamicTest> rulesHold() {
        return ArchitectureTests.of(ArchitectureTest.class);
    }
}
