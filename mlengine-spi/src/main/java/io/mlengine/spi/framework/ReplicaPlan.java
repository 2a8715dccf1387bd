package io.mlengine.spi.framework;

import io.mlengine.spi.model.EnvValue;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Role;
import java.util.List;
import java.util.SortedMap;
import org.immutables.value.Value;

/** What one replica runs. The variables of job and role are added by the engine; the plan's own win over them. */
@io.mlengine.spi.model.ModelStyle
@Value.Immutable
public interface ReplicaPlan {
    /** Which devices the process sees. Only the backend sets {@code *_VISIBLE_DEVICES}. */
    enum DeviceVisibility {
        /** Only its own devices. */
        OWN,
        /** All devices that the job has on the same host, so that peers can use direct memory access; not with MIG. */
        JOB_ON_HOST,
        /** None, although the host may have some. */
        NONE
    }

    /**
     * Which replica.
     *
     * @return role and index
     */
    ReplicaKey key();

    /**
     * Program and arguments, run without a shell; empty for the image's entry point. {@link PlanFile#FOLDER} in a word
     * becomes the path of the folder that holds the plan's files.
     *
     * @return the words
     */
    List<String> command();

    /**
     * Variables that the framework needs. {@link PlanFile#FOLDER} in a text becomes the path of the folder that holds
     * the plan's files.
     *
     * @return name to value
     */
    @Value.NaturalOrder
    SortedMap<String, EnvValue> env();

    /**
     * Files that must lie in the replica's private folder, found through {@code $MLENGINE_PLAN_DIR}.
     *
     * @return the files
     */
    List<PlanFile> files();

    /**
     * When the replica counts as ready.
     *
     * @return the condition; as soon as it is started by default
     */
    default @Value.Default Ready ready() {
        return Ready.STARTED;
    }

    /**
     * Which devices it sees.
     *
     * @return the visibility; its own by default
     */
    default @Value.Default DeviceVisibility devices() {
        return DeviceVisibility.OWN;
    }

    /**
     * Rules for lines of its output.
     *
     * @return the rules; the first that matches a line counts
     */
    List<LogRule> logRules();

    /**
     * Starts a plan that runs the role's own command.
     *
     * @param role the replica's role
     * @param member the replica
     * @return a builder that has key and command
     */
    static Builder of(Role role, ClusterView.Member member) {
        return new Builder().key(member.key()).command(role.commandLine());
    }

    /**
     * Starts a plan.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link ReplicaPlan}. */
    final class Builder extends ImmutableReplicaPlan.Builder {
        /**
         * Sets a variable to text.
         *
         * @param name the variable
         * @param value the text
         * @return this
         */
        public Builder env(String name, String value) {
            return putEnv(name, EnvValue.of(value));
        }

        /**
         * Sets a variable to a number.
         *
         * @param name the variable
         * @param value the number
         * @return this
         */
        public Builder env(String name, long value) {
            return env(name, Long.toString(value));
        }
    }
}
