package io.mlengine.backend.local.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Reads the counters of a control group, version 2 or 1, as far as its folder has them. */
final class ControlGroup {
    private final Path folder;

    ControlGroup(Path folder) {
        this.folder = folder;
    }

    /** CPU time of everything that ever ran in it. */
    OptionalLong cpuNanos() {
        OptionalLong micros = field("cpu.stat", "usage_usec");
        return micros.isPresent() ? OptionalLong.of(micros.getAsLong() * 1000) : number("cpuacct.usage");
    }

    /** Memory that it needs: what the kernel would drop first, old pages of files, does not count. */
    OptionalLong memoryBytes() {
        OptionalLong all = number("memory.current");
        String cached = "inactive_file";
        if (all.isEmpty()) {
            all = number("memory.usage_in_bytes");
            cached = "total_inactive_file";
        }
        if (all.isEmpty()) {
            return all;
        }
        return OptionalLong.of(
                Math.max(0, all.getAsLong() - field("memory.stat", cached).orElse(0)));
    }

    private OptionalLong number(String file) {
        String text = read(file).strip();
        return text.matches("\\d{1,18}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }

    private OptionalLong field(String file, String name) {
        return read(file)
                .lines()
                .map(line -> line.split(" "))
                .filter(words -> words.length == 2 && words[0].equals(name) && words[1].matches("\\d{1,18}"))
                .mapToLong(words -> Long.parseLong(words[1]))
                .findFirst();
    }

    private String read(String file) {
        try {
            return Files.readString(folder.resolve(file));
        } catch (IOException e) {
            // The group lacks this controller, or has gone with its last process.
            return "";
        }
    }
}
