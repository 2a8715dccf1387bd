package io.mlengine.build.testing;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.PackageTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * Finds public API without a comment. Doclint could find it too, but only together with its demand for a
 * {@code @return} and a {@code @param} on everything, which fills short comments with their own echo.
 */
public final class Documentation {
    private static final Set<Tree.Kind> OPEN_KINDS = Set.of(Tree.Kind.INTERFACE, Tree.Kind.ANNOTATION_TYPE);

    private Documentation() {}

    /** What lacks a comment in the production sources of {@code packageName} and the packages under it, by location. */
    public static List<String> missingIn(String packageName) {
        Path sources = Module.folder().resolve("src/main/java");
        Path folder = sources.resolve(packageName.replace('.', '/'));
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> missing = new ArrayList<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null,
                    files,
                    null,
                    List.of("-proc:none"),
                    null,
                    files.getJavaFileObjectsFromPaths(javaFiles(folder)));
            DocTrees comments = DocTrees.instance(task);
            for (CompilationUnitTree unit : task.parse()) {
                new Scanner(comments, unit, missing).scan(unit, null);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return missing;
    }

    private static List<Path> javaFiles(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList();
        }
    }

    private static final class Scanner extends TreePathScanner<Void, Void> {
        private final DocTrees comments;
        private final CompilationUnitTree unit;
        private final List<String> missing;

        private Scanner(DocTrees comments, CompilationUnitTree unit, List<String> missing) {
            this.comments = comments;
            this.unit = unit;
            this.missing = missing;
        }

        @Override
        public Void visitPackage(PackageTree tree, Void nothing) {
            if (Path.of(unit.getSourceFile().getName()).endsWith("package-info.java")) {
                check(getCurrentPath(), "package " + tree.getPackageName());
            }
            return null;
        }

        @Override
        public Void visitClass(ClassTree tree, Void nothing) {
            if (!isOpen(tree.getModifiers())) {
                return null;
            }
            check(getCurrentPath(), tree.getSimpleName().toString());
            return super.visitClass(tree, nothing);
        }

        @Override
        public Void visitMethod(MethodTree tree, Void nothing) {
            ClassTree holder = holder();
            boolean isCanonical =
                    holder != null && holder.getKind() == Tree.Kind.RECORD && tree.getReturnType() == null;
            if (isOpen(tree.getModifiers()) && !isOverride(tree.getModifiers()) && !isCanonical) {
                check(getCurrentPath(), tree.getName().toString());
            }
            return null;
        }

        @Override
        public Void visitVariable(VariableTree tree, Void nothing) {
            // The components of a record are private fields here; its own comment explains them.
            if (isOpen(tree.getModifiers())) {
                check(getCurrentPath(), tree.getName().toString());
            }
            return null;
        }

        private void check(TreePath path, String name) {
            String comment = comments.getDocComment(path);
            if (comment == null || comment.isBlank()) {
                long line = unit.getLineMap()
                        .getLineNumber(comments.getSourcePositions().getStartPosition(unit, path.getLeaf()));
                missing.add(unit.getSourceFile().getName() + ":" + line + " " + name);
            }
        }

        private boolean isOpen(ModifiersTree modifiers) {
            Set<Modifier> flags = modifiers.getFlags();
            ClassTree holder = holder();
            boolean isImplicitlyPublic =
                    holder != null && OPEN_KINDS.contains(holder.getKind()) && !flags.contains(Modifier.PRIVATE);
            return flags.contains(Modifier.PUBLIC) || flags.contains(Modifier.PROTECTED) || isImplicitlyPublic;
        }

        private static boolean isOverride(ModifiersTree modifiers) {
            return modifiers.getAnnotations().stream()
                    .map(AnnotationTree::getAnnotationType)
                    .anyMatch(type -> type.toString().equals("Override"));
        }

        private @Nullable ClassTree holder() {
            TreePath parent = getCurrentPath().getParentPath();
            return parent.getLeaf() instanceof ClassTree holder ? holder : null;
        }
    }
}
