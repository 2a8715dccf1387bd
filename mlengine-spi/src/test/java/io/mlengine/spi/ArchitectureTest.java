package io.mlengine.spi;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.lang.ArchRule;
import io.mlengine.build.testing.ArchitectureRules;
import io.mlengine.build.testing.ArchitectureTests;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class ArchitectureTest {
    static final ArchRule VOCABULARY_NEEDS_NO_LIBRARY = classes()
            .that()
            .doNotHaveSimpleName("FrameworkPlugin")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.jspecify..", "org.immutables..", "io.mlengine.spi..")
            .allowEmptyShould(true);

    // PF4J finds plugins by a type that extends its marker: this one type, and nothing of PF4J but the marker.
    static final ArchRule FRAMEWORK_PLUGIN_IS_THE_EXTENSION_POINT = classes()
            .that()
            .haveSimpleName("FrameworkPlugin")
            .should()
            .onlyDependOnClassesThat(
                    resideInAnyPackage("java..", "org.jspecify..", "org.immutables..", "io.mlengine.spi..")
                            .or(name("org.pf4j.ExtensionPoint")))
            .allowEmptyShould(true);

    static final ArchRule TIME_AND_CHANCE_ARE_INJECTED = ArchitectureRules.timeAndChanceAreInjected();

    @TestFactory
    Stream<DynamicTest> rulesHold() {
        return ArchitectureTests.of(ArchitectureTest.class);
    }
}
