package io.mlengine.build.testing;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Prints what other people's code can see of some classes: types, supertypes and members that are public or protected.
 * The text depends on the source alone, so that a diff of it is a diff of the contract.
 */
public final class PublicSurface {
    private static final Set<String> GIVEN = Set.of("equals", "hashCode", "toString", "values", "valueOf");

    private PublicSurface() {}

    /** The surface of the accessible types among {@code classes}, one block for each type, sorted by name. */
    public static String of(JavaClasses classes) {
        return classes.stream()
                .sorted(Comparator.comparing(JavaClass::getName))
                .map(JavaClass::reflect)
                .filter(PublicSurface::isAccessible)
                .map(PublicSurface::block)
                .collect(Collectors.joining("\n"));
    }

    private static boolean isAccessible(Class<?> type) {
        if (type.isAnonymousClass() || type.isLocalClass() || type.isSynthetic()) {
            return false;
        }
        boolean visible = Modifier.isPublic(type.getModifiers()) || Modifier.isProtected(type.getModifiers());
        Class<?> holder = type.getDeclaringClass();
        return visible && (holder == null || isAccessible(holder));
    }

    private static String block(Class<?> type) {
        List<String> lines = new ArrayList<>();
        lines.add(header(type));
        if (type.isRecord()) {
            lines.add("  components "
                    + Stream.of(type.getRecordComponents())
                            .map(PublicSurface::component)
                            .collect(Collectors.joining(", ", "(", ")")));
        }
        if (type.isSealed()) {
            lines.add("  permits "
                    + Stream.of(type.getPermittedSubclasses())
                            .map(Class::getName)
                            .sorted()
                            .collect(Collectors.joining(", ")));
        }
        List<String> members = new ArrayList<>();
        // What every record and every enum has says nothing about this one.
        boolean isRecordOrEnum = type.isRecord() || type.isEnum();
        for (Field field : type.getDeclaredFields()) {
            if (isSurface(field)) {
                members.add("  " + modifiers(field) + text(field.getAnnotatedType()) + " " + field.getName());
            }
        }
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (isSurface(constructor)) {
                members.add("  " + modifiers(constructor) + typeVariables(constructor.getTypeParameters()) + "new"
                        + signature(constructor));
            }
        }
        for (Method method : visibleMethods(type)) {
            if (isRecordOrEnum && GIVEN.contains(method.getName())) {
                continue;
            }
            members.add("  " + modifiers(method) + typeVariables(method.getTypeParameters())
                    + text(method.getAnnotatedReturnType()) + " " + method.getName() + signature(method)
                    + (method.getDefaultValue() == null
                            ? ""
                            : " default " + annotationValue(method.getDefaultValue())));
        }
        members.stream().sorted().distinct().forEach(lines::add);
        return String.join("\n", lines) + "\n";
    }

    // A public type shows the public methods of its hidden superclasses as well: builders inherit theirs that way.
    private static List<Method> visibleMethods(Class<?> type) {
        List<Method> methods = new ArrayList<>();
        Class<?> owner = type;
        do {
            for (Method method : owner.getDeclaredMethods()) {
                if (isSurface(method)) {
                    methods.add(method);
                }
            }
            owner = owner.getSuperclass();
        } while (owner != null && !isAccessible(owner));
        return methods;
    }

    private static boolean isSurface(Member member) {
        int modifiers = member.getModifiers();
        return !member.isSynthetic() && (Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers));
    }

    private static String header(Class<?> type) {
        StringBuilder header = new StringBuilder();
        int modifiers = type.getModifiers() & ~(Modifier.INTERFACE | (type.isInterface() ? Modifier.ABSTRACT : 0));
        header.append(Modifier.toString(modifiers)).append(type.isSealed() ? " sealed " : " ");
        header.append(kind(type)).append(' ').append(type.getName()).append(typeVariables(type.getTypeParameters()));
        Type superclass = type.getGenericSuperclass();
        if (superclass != null && superclass != Object.class && !type.isEnum() && !type.isRecord()) {
            header.append(" extends ").append(superclass.getTypeName());
        }
        if (type.getGenericInterfaces().length > 0) {
            header.append(type.isInterface() ? " extends " : " implements ")
                    .append(Stream.of(type.getGenericInterfaces())
                            .map(Type::getTypeName)
                            .sorted()
                            .collect(Collectors.joining(", ")));
        }
        return header.toString();
    }

    private static String kind(Class<?> type) {
        if (type.isAnnotation()) {
            return "@interface";
        }
        if (type.isInterface()) {
            return "interface";
        }
        if (type.isEnum()) {
            return "enum";
        }
        return type.isRecord() ? "record" : "class";
    }

    private static String component(RecordComponent component) {
        return text(component.getAnnotatedType()) + " " + component.getName();
    }

    private static String modifiers(Member member) {
        int relevant = Modifier.PUBLIC | Modifier.PROTECTED | Modifier.ABSTRACT | Modifier.STATIC | Modifier.FINAL;
        String text = Modifier.toString(member.getModifiers() & relevant);
        boolean isDefault = member instanceof Method method && method.isDefault();
        return text + (isDefault ? " default " : " ");
    }

    private static String typeVariables(TypeVariable<?>[] variables) {
        if (variables.length == 0) {
            return "";
        }
        return Stream.of(variables).map(PublicSurface::typeVariable).collect(Collectors.joining(", ", "<", "> "));
    }

    private static String typeVariable(TypeVariable<?> variable) {
        String bounds = Stream.of(variable.getBounds())
                .filter(bound -> bound != Object.class)
                .map(Type::getTypeName)
                .collect(Collectors.joining(" & "));
        return variable.getName() + (bounds.isEmpty() ? "" : " extends " + bounds);
    }

    private static String signature(Executable executable) {
        String thrown = Stream.of(executable.getGenericExceptionTypes())
                .map(Type::getTypeName)
                .sorted()
                .collect(Collectors.joining(", "));
        return Stream.of(executable.getAnnotatedParameterTypes())
                        .map(PublicSurface::text)
                        .collect(Collectors.joining(", ", "(", ")"))
                + (thrown.isEmpty() ? "" : " throws " + thrown);
    }

    // Nullness is part of the contract, and Type.getTypeName() leaves it out.
    private static String text(AnnotatedType type) {
        String mark = type.isAnnotationPresent(Nullable.class) ? "@Nullable " : "";
        if (type instanceof AnnotatedParameterizedType parameterized) {
            String arguments = Stream.of(parameterized.getAnnotatedActualTypeArguments())
                    .map(PublicSurface::text)
                    .collect(Collectors.joining(", ", "<", ">"));
            return mark + ((ParameterizedType) type.getType()).getRawType().getTypeName() + arguments;
        }
        if (type instanceof AnnotatedArrayType array) {
            return text(array.getAnnotatedGenericComponentType()) + " " + mark + "[]";
        }
        return mark + type.getType().getTypeName();
    }

    private static String annotationValue(Object value) {
        return value instanceof Object[] values ? List.of(values).toString() : value.toString();
    }
}
