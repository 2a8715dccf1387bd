package io.mlengine.cli.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of the documentation, taken apart.
 *
 * @param name its path in the repository
 * @param fences its blocks of code, in order
 * @param anchors what a link into the page may name
 * @param links the targets of its links, those to other sites left out
 * @param words what stands in `back quotes` in its prose
 */
record Page(String name, List<Fence> fences, TreeSet<String> anchors, List<String> links, List<String> words) {
    /** The repository: two levels above the class files of this module's tests. */
    static final Path REPOSITORY =
            io.mlengine.build.testing.Module.folder().resolve("..").normalize();

    private static final Pattern OPENING = Pattern.compile("( *)(`{3,})(\\w*)\\s*");
    private static final Pattern COMMENT = Pattern.compile("<!-- (.*) -->");
    private static final Pattern HEADING = Pattern.compile("#{1,6} (.*)");
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
    private static final Pattern WORD = Pattern.compile("`([^`]+)`");

    /**
     * A block of code.
     *
     * @param page the page's name
     * @param line the line of its first character, from 1
     * @param language the word after the back quotes
     * @param comment the hidden comment in the line before it, or empty
     * @param text what it holds
     */
    record Fence(String page, int line, String language, String comment, String text) {
        String place() {
            return page + ":" + line;
        }
    }

    /** All pages: at the root, in docs and in examples. */
    static List<Page> all() {
        List<Path> files = new ArrayList<>();
        for (String folder : List.of("", "docs", "examples")) {
            int depth = folder.equals("examples") ? 3 : 1;
            try (Stream<Path> found = Files.walk(REPOSITORY.resolve(folder), depth)) {
                found.filter(file -> file.toString().endsWith(".md"))
                        .filter(file -> !file.toString().contains("/target/"))
                        .forEach(files::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return files.stream().sorted().map(Page::read).toList();
    }

    static Page read(Path file) {
        try {
            String name = REPOSITORY.relativize(file.normalize()).toString();
            return new Reader(name).read(Files.readAllLines(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path file() {
        return REPOSITORY.resolve(name);
    }

    private static final class Reader {
        private final String name;
        private final List<Fence> fences = new ArrayList<>();
        private final TreeSet<String> anchors = new TreeSet<>();
        private final TreeMap<String, Integer> seen = new TreeMap<>();
        private final List<String> links = new ArrayList<>();
        private final List<String> words = new ArrayList<>();

        Reader(String name) {
            this.name = name;
        }

        Page read(List<String> lines) {
            String comment = "";
            int i = 0;
            while (i < lines.size()) {
                String line = lines.get(i);
                Matcher opening = OPENING.matcher(line);
                if (opening.matches()) {
                    int end = i + 1;
                    StringBuilder text = new StringBuilder();
                    while (end < lines.size() && !lines.get(end).strip().equals(opening.group(2))) {
                        text.append(lines.get(end)
                                        .substring(indent(
                                                lines.get(end), opening.group(1).length())))
                                .append('\n');
                        end++;
                    }
                    if (end == lines.size()) {
                        throw new AssertionError(name + ":" + (i + 1) + ": a block of code without end");
                    }
                    fences.add(new Fence(name, i + 2, opening.group(3), comment, text.toString()));
                    i = end;
                } else {
                    prose(line);
                }
                Matcher hidden = COMMENT.matcher(line);
                comment = hidden.matches() ? hidden.group(1) : "";
                i++;
            }
            return new Page(name, List.copyOf(fences), anchors, List.copyOf(links), List.copyOf(words));
        }

        private static int indent(String line, int most) {
            int spaces = 0;
            while (spaces < most && spaces < line.length() && line.charAt(spaces) == ' ') {
                spaces++;
            }
            return spaces;
        }

        private void prose(String line) {
            Matcher heading = HEADING.matcher(line);
            if (heading.matches()) {
                anchor(heading.group(1));
            }
            Matcher link = LINK.matcher(WORD.matcher(line).replaceAll(""));
            while (link.find()) {
                if (!link.group(1).matches("(https?|mailto):.*")) {
                    links.add(link.group(1));
                }
            }
            Matcher word = WORD.matcher(line);
            while (word.find()) {
                words.add(word.group(1));
            }
        }

        /** As GitHub makes them: lower case, no punctuation, hyphens for spaces, a number when it was there before. */
        private void anchor(String heading) {
            String text = heading.toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N} _-]", "")
                    .strip()
                    .replace(' ', '-');
            int before = seen.merge(text, 1, Integer::sum) - 1;
            anchors.add(before == 0 ? text : text + "-" + before);
        }
    }
}
