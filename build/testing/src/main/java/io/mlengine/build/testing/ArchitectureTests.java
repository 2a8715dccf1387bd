package io.mlengine.build.testing;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import java.lang.reflect.Field;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Turns rules into tests that run over the production classes of the module that is running. */
public final class ArchitectureTests {
    private ArchitectureTests() {}

    /** One test for each static {@link ArchRule} of {@code holder} and for each rule that holds everywhere. */
    public static Stream<DynamicTest> of(Class<?> holder) {
        JavaClasses classes = Module.productionClasses();
        return Stream.of(holder, ArchitectureRules.class)
                .flatMap(type -> Stream.of(type.getDeclaredFields()))
                .filter(field -> field.getType() == ArchRule.class)
                .sorted(Comparator.comparing(Field::getName))
                .map(field -> DynamicTest.dynamicTest(
                        field.getName(), () -> rule(field).check(classes)));
    }

    private static ArchRule rule(Field field) throws IllegalAccessException {
        field.setAccessible(true);
        return (ArchRule) field.get(null);
    }
}
