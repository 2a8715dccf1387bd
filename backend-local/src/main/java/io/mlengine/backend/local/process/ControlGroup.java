package io.mlengine.backend.local.process;

import java.nio.file.Path;
import java.util.List;

/** The kernel's fence around the processes of one replica. */
public interface ControlGroup {
    /** What a replica gets where no control group may be made. */
    ControlGroup NONE = new ControlGroup() {
        @Override
        public List<Path> joins() {
            return List.of();
        }

        @Override
        public List<Long> members() {
            return List.of();
        }

        @Override
        public void kill() {
            // Nobody is inside.
        }

        @Override
        public boolean hasKilledForMemory() {
            return false;
        }

        @Override
        public void remove() {
            // Nothing was made.
        }
    };

    /**
     * The files that a process writes itself into before it becomes the program.
     *
     * @return the files, empty for none
     */
    List<Path> joins();

    /**
     * The processes inside, wherever they have moved in sessions and groups.
     *
     * @return their numbers
     */
    List<Long> members();

    /** Kills all inside at once where the kernel can; else sends KILL to each. */
    void kill();

    /**
     * Tells whether the kernel has killed a process inside because the group's memory ran out.
     *
     * @return true when it has
     */
    boolean hasKilledForMemory();

    /** Removes the group; it must be empty. */
    void remove();
}
