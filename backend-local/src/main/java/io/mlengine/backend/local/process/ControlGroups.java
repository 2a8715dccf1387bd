package io.mlengine.backend.local.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes control groups of version 2 or 1, whichever of them this process may write; found out by trying. */
public final class ControlGroups {
    private static final Logger LOG = LoggerFactory.getLogger(ControlGroups.class);

    /** A controller of the first version, or the only hierarchy of the second. */
    record Hierarchy(Path folder, List<String> controllers, boolean unified) {
        boolean limits(String controller) {
            return controllers.contains(controller);
        }
    }

    private final List<Hierarchy> hierarchies;

    private ControlGroups(List<Hierarchy> hierarchies) {
        this.hierarchies = List.copyOf(hierarchies);
    }

    /** No control groups. */
    public static ControlGroups none() {
        return new ControlGroups(List.of());
    }

    /**
     * Tries what is possible on this machine.
     *
     * @return the groups, possibly none
     */
    public static ControlGroups detect() {
        try {
            List<Mount> mounts = Mount.all(Path.of("/proc/self/mounts"));
            return detect(mounts, Files.readAllLines(Path.of("/proc/self/cgroup")));
        } catch (IOException e) {
            LOG.debug("control groups cannot be read: {}", e.toString());
            return none();
        }
    }

    static ControlGroups detect(List<Mount> mounts, List<String> own) {
        List<Hierarchy> found = new ArrayList<>();
        for (Mount mount : mounts) {
            if (mount.type().equals("cgroup2")) {
                unified(mount, own).ifPresent(found::add);
            } else if (mount.type().equals("cgroup")) {
                for (String controller : List.of("memory", "cpu")) {
                    if (mount.options().contains(controller)) {
                        place(mount, Mount.ownGroup(own, controller), List.of(controller), false)
                                .ifPresent(found::add);
                    }
                }
            }
        }
        return new ControlGroups(found);
    }

    private static java.util.Optional<Hierarchy> unified(Mount mount, List<String> own) {
        Path group = mount.resolve(Mount.ownGroup(own, ""));
        // A group with processes of its own cannot hand controllers on, except the root; where a service manager
        // delegates, one of the groups above may, and it may hold a sibling of ours.
        for (Path folder = group; folder != null && folder.startsWith(mount.folder()); folder = folder.getParent()) {
            List<String> controllers = words(folder.resolve("cgroup.subtree_control"));
            if (!controllers.contains("memory") && !controllers.contains("cpu")) {
                enable(folder);
                controllers = words(folder.resolve("cgroup.subtree_control"));
            }
            if ((controllers.contains("memory") || controllers.contains("cpu")) && isUsable(folder)) {
                return java.util.Optional.of(new Hierarchy(folder, controllers, true));
            }
        }
        return java.util.Optional.empty();
    }

    private static void enable(Path folder) {
        List<String> available = words(folder.resolve("cgroup.controllers"));
        for (String controller : List.of("memory", "cpu")) {
            if (available.contains(controller)) {
                try {
                    Files.writeString(folder.resolve("cgroup.subtree_control"), "+" + controller);
                } catch (IOException notAllowed) {
                    LOG.debug("cannot enable {} below {}: {}", controller, folder, notAllowed.toString());
                }
            }
        }
    }

    private static java.util.Optional<Hierarchy> place(
            Mount mount, String group, List<String> controllers, boolean isUnified) {
        for (Path folder : List.of(mount.resolve(group), mount.folder())) {
            if (isUsable(folder)) {
                return java.util.Optional.of(new Hierarchy(folder, controllers, isUnified));
            }
        }
        return java.util.Optional.empty();
    }

    private static boolean isUsable(Path folder) {
        Path probe = folder.resolve("mlengine-probe-" + ProcessHandle.current().pid());
        try {
            Files.createDirectory(probe);
            boolean usable = Files.isWritable(probe.resolve("cgroup.procs"));
            Files.delete(probe);
            return usable;
        } catch (IOException notAllowed) {
            return false;
        }
    }

    private static List<String> words(Path file) {
        try {
            return List.of(Files.readString(file).trim().split("\\s+"));
        } catch (IOException missing) {
            return List.of();
        }
    }

    /**
     * Tells whether memory limits are kept.
     *
     * @return true when they are
     */
    public boolean limitsMemory() {
        return hierarchies.stream().anyMatch(hierarchy -> hierarchy.limits("memory"));
    }

    /**
     * Tells whether CPU limits are kept.
     *
     * @return true when they are
     */
    public boolean limitsCpu() {
        return hierarchies.stream().anyMatch(hierarchy -> hierarchy.limits("cpu"));
    }

    /**
     * Describes what is enforced, for people.
     *
     * @return one sentence
     */
    public String description() {
        if (hierarchies.isEmpty()) {
            return "memory and cpu limits are not enforced: no control group may be written here";
        }
        String version = hierarchies.get(0).unified() ? "2" : "1";
        return "control groups version " + version + ": memory limits are " + (limitsMemory() ? "" : "not ")
                + "enforced, cpu limits are " + (limitsCpu() ? "" : "not ") + "enforced";
    }

    /**
     * Makes a group, when there is something to limit and it can be limited.
     *
     * @param name unique name
     * @param memoryBytes most memory; 0 for no limit
     * @param cpuMillis most CPU time in thousandths of a core; 0 for no limit
     * @return the group, or {@link ControlGroup#NONE}
     * @throws IOException when it could be made but not be limited
     */
    public ControlGroup create(String name, long memoryBytes, long cpuMillis) throws IOException {
        List<Path> folders = new ArrayList<>();
        try {
            for (Hierarchy hierarchy : hierarchies) {
                boolean memory = memoryBytes > 0 && hierarchy.limits("memory");
                boolean cpu = cpuMillis > 0 && hierarchy.limits("cpu");
                if (memory || cpu) {
                    Path folder = Files.createDirectory(hierarchy.folder().resolve(name));
                    folders.add(folder);
                    limit(folder, hierarchy.unified(), memory ? memoryBytes : 0, cpu ? cpuMillis : 0);
                }
            }
        } catch (IOException e) {
            new FolderGroup(folders).remove();
            throw e;
        }
        return folders.isEmpty() ? ControlGroup.NONE : new FolderGroup(folders);
    }

    /**
     * Finds a group that an engine before this one has left.
     *
     * @param name its name
     * @return the group, or {@link ControlGroup#NONE}
     */
    public ControlGroup find(String name) {
        List<Path> folders = hierarchies.stream()
                .map(hierarchy -> hierarchy.folder().resolve(name))
                .filter(Files::isDirectory)
                .toList();
        return folders.isEmpty() ? ControlGroup.NONE : new FolderGroup(folders);
    }

    private static void limit(Path folder, boolean isUnified, long memoryBytes, long cpuMillis) throws IOException {
        if (memoryBytes > 0) {
            String file = isUnified ? "memory.max" : "memory.limit_in_bytes";
            Files.writeString(folder.resolve(file), Long.toString(memoryBytes));
            // Swapping would let a replica outgrow its limit slowly instead of failing clearly.
            Path swap = folder.resolve(isUnified ? "memory.swap.max" : "memory.memsw.limit_in_bytes");
            if (Files.exists(swap)) {
                Files.writeString(swap, isUnified ? "0" : Long.toString(memoryBytes));
            }
        }
        if (cpuMillis > 0) {
            long period = 100_000;
            // The kernel refuses quotas below one millisecond.
            long quota = Math.max(1_000, cpuMillis * period / 1_000);
            if (isUnified) {
                Files.writeString(folder.resolve("cpu.max"), quota + " " + period);
            } else {
                Files.writeString(folder.resolve("cpu.cfs_period_us"), Long.toString(period));
                Files.writeString(folder.resolve("cpu.cfs_quota_us"), Long.toString(quota));
            }
        }
    }
}
