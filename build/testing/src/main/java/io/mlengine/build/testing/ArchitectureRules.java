package io.mlengine.build.testing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.lang.reflect.Method;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/** The rules that hold in every module, as constants; each module's {@code ArchitectureTest} adds its own. */
public final class ArchitectureRules {
    /** Two packages that need each other are one package. */
    public static final ArchRule PACKAGES_ARE_FREE_OF_CYCLES =
            slices().matching("io.mlengine.(**)").should().beFreeOfCycles().allowEmptyShould(true);

    /** Such names say nothing, so everything ends up there. */
    public static final ArchRule NO_VAGUE_NAMES = noClasses()
            .that(areNotTypesOf("org.pf4j"))
            .should()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Helper")
            .orShould()
            .haveSimpleNameEndingWith("Manager")
            .allowEmptyShould(true);

    /** {@code Abstract} in a name is a promise. */
    public static final ArchRule ABSTRACT_NAMES_ARE_ABSTRACT = classes()
            .that()
            .haveSimpleNameStartingWith("Abstract")
            .should()
            .haveModifier(JavaModifier.ABSTRACT)
            .allowEmptyShould(true);

    /** Until pattern switches exist, an exhaustive switch over a sealed family needs an enum to switch over. */
    public static final ArchRule SEALED_FAMILIES_HAVE_A_KIND =
            classes().that(areSealed()).should(haveKindOrType()).allowEmptyShould(true);

    /** Nullness is checked only where a package asks for it. */
    public static final ArchRule PACKAGES_ARE_NULL_MARKED =
            classes().should(liveInANullMarkedPackage()).allowEmptyShould(true);

    /** Accessors are named {@code x()}; only overridden methods of other people's types may differ. */
    public static final ArchRule NO_BEAN_ACCESSORS =
            classes().should(haveNoBeanAccessors()).allowEmptyShould(true);

    /** Internal types and sole implementations are nobody's superclass. */
    public static final ArchRule IMPLEMENTATIONS_ARE_FINAL = classes()
            .that(areImplementations())
            .should()
            .haveModifier(JavaModifier.FINAL)
            .allowEmptyShould(true);

    /** Threads come from whoever embeds the engine: an executor is always named. */
    public static final ArchRule ASYNC_STEPS_NAME_THEIR_EXECUTOR =
            noClasses().should().accessTargetWhere(isAsyncWithoutExecutor()).allowEmptyShould(true);

    private static final Set<String> CLOCK_METHODS = Set.of("now", "currentTimeMillis", "nanoTime", "sleep");

    private ArchitectureRules() {}

    /**
     * No clock, no sleep and no randomness that a simulation could not replay, except in {@code exceptIn}. Method
     * references count as well as calls.
     */
    public static ArchRule timeAndChanceAreInjected(String... exceptIn) {
        return noClasses()
                .that()
                .resideOutsideOfPackages(exceptIn)
                .should()
                .accessTargetWhere(readsAClockOrDice())
                .allowEmptyShould(true);
    }

    private static DescribedPredicate<JavaAccess<?>> readsAClockOrDice() {
        return DescribedPredicate.describe("target reads a clock, sleeps or rolls dice", access -> {
            JavaClass owner = access.getTargetOwner();
            String name = access.getTarget().getName();
            boolean isConstructor = name.equals("<init>");
            if (owner.getPackageName().startsWith("java.time")) {
                return CLOCK_METHODS.contains(name)
                                && !owner.isAssignableTo(InstantSource.class)
                                && !owner.isAssignableTo(Clock.class)
                                && isStatic(access)
                        || owner.isEquivalentTo(InstantSource.class) && name.equals("system")
                        || owner.isEquivalentTo(Clock.class) && name.startsWith("system");
            }
            return owner.isEquivalentTo(System.class) && CLOCK_METHODS.contains(name)
                    || owner.isEquivalentTo(Thread.class) && CLOCK_METHODS.contains(name)
                    || owner.isEquivalentTo(Math.class) && name.equals("random")
                    || owner.isEquivalentTo(StrictMath.class) && name.equals("random")
                    || owner.isEquivalentTo(UUID.class) && name.equals("randomUUID")
                    || owner.isEquivalentTo(ThreadLocalRandom.class) && name.equals("current")
                    || owner.isEquivalentTo(RandomGenerator.class) && name.equals("getDefault")
                    || owner.isEquivalentTo(RandomGeneratorFactory.class)
                            && name.equals("create")
                            && hasNoParameters(access)
                    || isConstructor
                            && hasNoParameters(access)
                            && (owner.isEquivalentTo(Random.class) || owner.isEquivalentTo(SplittableRandom.class));
        });
    }

    private static DescribedPredicate<JavaAccess<?>> isAsyncWithoutExecutor() {
        return DescribedPredicate.describe("target is an *Async method without an executor", access -> {
            JavaClass owner = access.getTargetOwner();
            return access.getTarget().getName().endsWith("Async")
                    && (owner.isAssignableTo(CompletableFuture.class) || owner.isAssignableTo(CompletionStage.class))
                    && access.getTarget() instanceof AccessTarget.CodeUnitAccessTarget target
                    && target.getRawParameterTypes().stream().noneMatch(type -> type.isAssignableTo(Executor.class));
        });
    }

    private static boolean isStatic(JavaAccess<?> access) {
        return access.getTarget()
                .resolveMember()
                .map(member -> member.getModifiers().contains(JavaModifier.STATIC))
                .orElse(true);
    }

    private static boolean hasNoParameters(JavaAccess<?> access) {
        return access.getTarget() instanceof AccessTarget.CodeUnitAccessTarget target
                && target.getRawParameterTypes().isEmpty();
    }

    private static DescribedPredicate<JavaClass> areNotTypesOf(String packageName) {
        return DescribedPredicate.describe(
                "are not types of " + packageName,
                type -> Stream.concat(type.getAllRawSuperclasses().stream(), type.getAllRawInterfaces().stream())
                        .noneMatch(supertype -> supertype.getPackageName().startsWith(packageName)));
    }

    private static DescribedPredicate<JavaClass> areSealed() {
        return DescribedPredicate.describe("are sealed", type -> type.reflect().isSealed());
    }

    private static DescribedPredicate<JavaClass> areImplementations() {
        return DescribedPredicate.describe("are implementations", type -> {
            boolean isConcrete = !type.isInterface()
                    && !type.isEnum()
                    && !type.isAnonymousClass()
                    && !type.getModifiers().contains(JavaModifier.ABSTRACT);
            boolean isImplementation = type.getPackageName().contains(".internal")
                    || type.getSimpleName().endsWith("Impl")
                    || type.getSimpleName().matches("Default[A-Z].*");
            return isConcrete && isImplementation && !type.getFullName().contains("Immutable");
        });
    }

    private static ArchCondition<JavaClass> haveKindOrType() {
        return condition("have a method kind() or type()", (type, events) -> {
            boolean found = Stream.of(type.reflect().getMethods())
                    .anyMatch(method -> method.getParameterCount() == 0
                            && Set.of("kind", "type").contains(method.getName())
                            && method.getReturnType().isEnum());
            // A sealed interface inside a family may rely on its own parent; getMethods() sees that one too.
            report(type, events, found, "has no kind() or type() that returns an enum");
        });
    }

    private static ArchCondition<JavaClass> liveInANullMarkedPackage() {
        return condition("live in a @NullMarked package", (type, events) -> {
            boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
            report(type, events, marked, "lives in a package without package-info.java or without @NullMarked");
        });
    }

    private static ArchCondition<JavaClass> haveNoBeanAccessors() {
        return condition(
                "have no getX() or setX(..)",
                (type, events) -> type.getMethods().stream()
                        .filter(method -> method.getName().matches("get[A-Z].*")
                                        && method.getRawParameterTypes().isEmpty()
                                || method.getName().matches("set[A-Z].*")
                                        && method.getRawParameterTypes().size() == 1)
                        .filter(method -> !method.getModifiers().contains(JavaModifier.SYNTHETIC))
                        .filter(method -> !isOverride(method.reflect()))
                        .forEach(method -> report(type, events, false, "has " + method.getName())));
    }

    private static boolean isOverride(Method method) {
        return supertypes(method.getDeclaringClass())
                .filter(type -> !type.getName().startsWith("io.mlengine"))
                .flatMap(type -> Stream.of(type.getDeclaredMethods()))
                .anyMatch(other -> other.getName().equals(method.getName())
                        && other.getParameterCount() == method.getParameterCount());
    }

    private static Stream<Class<?>> supertypes(Class<?> type) {
        Class<?> superclass = type.getSuperclass();
        Stream<Class<?>> direct = Stream.concat(Stream.ofNullable(superclass), Stream.of(type.getInterfaces()));
        return direct.flatMap(supertype -> Stream.concat(Stream.of(supertype), supertypes(supertype)));
    }

    private static void report(JavaClass type, ConditionEvents events, boolean satisfied, String complaint) {
        events.add(new SimpleConditionEvent(type, satisfied, type.getName() + " " + complaint));
    }

    private static ArchCondition<JavaClass> condition(
            String description, BiConsumer<JavaClass, ConditionEvents> check) {
        return new ArchCondition<>(description) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                check.accept(type, events);
            }
        };
    }
}
