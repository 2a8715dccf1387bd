package io.mlengine.cli.host;

import io.mlengine.backend.k8s.operator.OperatorRuntime;
import io.mlengine.backend.k8s.operator.OperatorSettings;
import io.mlengine.backend.local.doctor.Check;
import io.mlengine.core.time.EngineClock;
import java.util.List;

/** Controllers of a cluster. The Kubernetes client is loaded by the first call, not before. */
public interface Controllers {
    /** Looks whether the cluster has what a controller needs, and changes nothing. */
    List<Check> checks(OperatorSettings settings);

    /** Makes a controller, which the caller starts and closes. */
    OperatorRuntime open(OperatorSettings settings, EngineClock clock);
}
