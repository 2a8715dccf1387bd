package io.mlengine.core.scheduling;

import io.mlengine.core.job.JobRecord;
import io.mlengine.spi.model.Role;
import java.util.ArrayList;
import java.util.List;

/** Reads the roles of a job's record. */
final class GangRoles {
    private GangRoles() {}

    static List<GangRole> wished(JobRecord job) {
        List<GangRole> roles = new ArrayList<>();
        for (Role role : job.train().roles()) {
            int count = job.size(role.name());
            // A record may hold a size from before the bounds were looked at; a policy must not fall over it.
            int least = role.isElastic() ? Math.min(role.least(), count) : count;
            roles.add(new GangRole(
                    role.name(), count, least, Math.max(role.most(), count), role.resources(), role.nodes()));
        }
        return roles;
    }
}
