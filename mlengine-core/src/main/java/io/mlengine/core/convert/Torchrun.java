package io.mlengine.core.convert;

import java.util.List;
import java.util.Set;

/** Recognises torchrun in commands. */
final class Torchrun {
    private static final Set<String> MODULES = Set.of("torch.distributed.run", "torch.distributed.launch");

    private Torchrun() {}

    /** Whether a replica's program is torchrun, as the launcher for PyTorch sees it. */
    static boolean isStartedBy(List<String> words) {
        if (words.isEmpty()) {
            return false;
        }
        String program = words.get(0).substring(words.get(0).lastIndexOf('/') + 1);
        int module = words.indexOf("-m");
        return program.equals("torchrun")
                || program.startsWith("python")
                        && module > 0
                        && module + 1 < words.size()
                        && MODULES.contains(words.get(module + 1));
    }

    /** Whether torchrun occurs anywhere, as in the script of a shell. */
    static boolean isNamedIn(List<String> words) {
        return words.stream()
                .anyMatch(word -> word.contains("torchrun") || MODULES.stream().anyMatch(word::contains));
    }

    /** The option's value for processes of each agent: a number, or a word. */
    static Object processes(String word) {
        return word.matches("[0-9]{1,9}") ? (Object) Long.valueOf(word) : word;
    }
}
