package io.mlengine.core.scheduling;

import io.mlengine.spi.model.NodeConstraints;
import io.mlengine.spi.model.Resources;

/**
 * A group of equal replicas, as far as a policy needs it.
 *
 * @param name the role's name
 * @param count number of replicas wished now
 * @param least least number with which the job can start; equal to {@code count} for a fixed role
 * @param most largest number that it may be resized to
 * @param resources what each replica holds
 * @param nodes which nodes each replica may be placed on
 */
public record GangRole(String name, int count, int least, int most, Resources resources, NodeConstraints nodes) {
    /** Checks the bounds. */
    public GangRole {
        if (least < 0 || least > count || count > most) {
            throw new IllegalArgumentException(
                    "role " + name + " wishes " + count + " replicas, between " + least + " and " + most);
        }
    }

    /**
     * A role of fixed size, on any node without taints.
     *
     * @param name the role's name
     * @param count number of replicas
     * @param resources what each replica holds
     * @return the role
     */
    public static GangRole fixed(String name, int count, Resources resources) {
        return new GangRole(name, count, count, count, resources, NodeConstraints.NONE);
    }

    /**
     * The same role on other nodes.
     *
     * @param constraints which nodes each replica may be placed on
     * @return the role
     */
    public GangRole on(NodeConstraints constraints) {
        return new GangRole(name, count, least, most, resources, constraints);
    }
}
