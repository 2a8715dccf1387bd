package io.mlengine.cli.docs;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** All words of the repository's sources, to tell names in prose that nothing is called any more. */
final class SourceWords {
    private static final Pattern WORD = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.#]*(\\(\\))?");
    private static final Pattern PATH =
            Pattern.compile("(docs|examples|build|cli|testkit|benchmarks|[a-z]+-[a-z0-9]+)/[A-Za-z0-9_./-]+");
    private static final Set<String> FOLDERS_LEFT_OUT = Set.of(".git", "target");
    private static final List<String> ENDINGS =
            List.of(".java", ".py", ".sh", ".xml", ".yaml", ".config", "mlengine", "run");

    private final Set<String> words = new HashSet<>();

    private SourceWords() {}

    static SourceWords read() throws IOException {
        SourceWords sources = new SourceWords();
        Files.walkFileTree(Page.REPOSITORY, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                boolean isLeftOut = FOLDERS_LEFT_OUT.contains(String.valueOf(folder.getFileName()));
                return isLeftOut ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                String name = String.valueOf(file.getFileName());
                if (ENDINGS.stream().anyMatch(name::endsWith)) {
                    Matcher word = WORD.matcher(Files.readString(file));
                    while (word.find()) {
                        sources.words.add(word.group());
                    }
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return sources;
    }

    /** False for a name with a capital letter, a call or a path that is nowhere; everything else is no name of ours. */
    boolean knows(String text) {
        if (PATH.matcher(text).matches()) {
            String[] first = text.split("/", 2);
            return !Files.isDirectory(Page.REPOSITORY.resolve(first[0])) || Files.exists(Page.REPOSITORY.resolve(text));
        }
        if (!NAME.matcher(text).matches()
                || text.equals(text.toLowerCase(java.util.Locale.ROOT)) && !text.endsWith("()")) {
            return true;
        }
        Matcher word = WORD.matcher(text);
        while (word.find()) {
            if (!words.contains(word.group())) {
                return false;
            }
        }
        return true;
    }
}
