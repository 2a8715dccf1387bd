package io.mlengine.plugins.pytorch;

import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Role;
import java.util.List;
import java.util.Set;

/** Who starts the processes of a PyTorch job; the two sets of variables are never mixed. */
enum Mode {
    /** Each replica is a torchrun agent that starts the ranks of its machine and gives them their variables. */
    AGENT,
    /** Each replica is one rank. */
    RANK;

    private static final Set<String> AGENT_MODULES = Set.of("torch.distributed.run", "torch.distributed.launch");

    /** The mode that the options demand, else the one that the commands of the ranked roles show. */
    static Mode of(JobShape job) {
        return switch (PyTorchOptions.of(job).mode()) {
            case "agent" -> AGENT;
            case "rank" -> RANK;
            default -> Ranks.rolesOf(job).stream().anyMatch(Mode::startsAgent) ? AGENT : RANK;
        };
    }

    /** Tells whether the role's command is torchrun, by name or as a module of Python. */
    static boolean startsAgent(Role role) {
        List<String> words = role.commandLine();
        if (words.isEmpty()) {
            return false;
        }
        String program = words.get(0).substring(words.get(0).lastIndexOf('/') + 1);
        if (program.equals("torchrun")) {
            return true;
        }
        // Python's own flags may come first, as in: python3 -u -m torch.distributed.run …
        int module = words.indexOf("-m");
        return program.startsWith("python")
                && module > 0
                && module + 1 < words.size()
                && words.subList(1, module).stream().allMatch(word -> word.startsWith("-"))
                && AGENT_MODULES.contains(words.get(module + 1));
    }
}
