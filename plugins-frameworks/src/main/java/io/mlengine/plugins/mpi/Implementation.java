package io.mlengine.plugins.mpi;

import io.mlengine.plugins.shell.RemoteShell;
import io.mlengine.spi.framework.PlanFile;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The families of mpirun, and how each is told about hosts and the remote shell. */
enum Implementation {
    /** Open MPI 4, and 5 with PRRTE, which has names of its own for the same settings. */
    OPENMPI,
    /** Intel MPI. */
    INTEL,
    /** MPICH and what else starts with Hydra. */
    MPICH;

    /** An agent may still be coming up, or its name not yet be known everywhere. */
    private static final String SHELL_OPTIONS = "-o ConnectionAttempts=10";

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    String hostLine(String host, long slots) {
        return switch (this) {
            case OPENMPI -> host + " slots=" + slots;
            case INTEL, MPICH -> host + ":" + slots;
        };
    }

    /** Variables without which ranks would not start in the workers; a job that sets one is refused. */
    Map<String, String> variables(PlanFile hostFile, long slots, int hosts) {
        Map<String, String> variables = new TreeMap<>();
        switch (this) {
            case OPENMPI -> {
                variables.put("OMPI_MCA_plm_rsh_agent", RemoteShell.command());
                variables.put("OMPI_MCA_plm_rsh_args", SHELL_OPTIONS);
                // Workers have no shell into each other, so mpirun itself starts all daemons.
                variables.put("OMPI_MCA_plm_rsh_no_tree_spawn", "true");
                variables.put("OMPI_MCA_orte_default_hostfile", hostFile.reference());
                variables.put("OMPI_MCA_orte_keep_fqdn_hostnames", "true");
                variables.put("OMPI_MCA_orte_set_default_slots", Long.toString(slots));
                variables.put("PRTE_MCA_plm_ssh_agent", RemoteShell.command());
                variables.put("PRTE_MCA_plm_ssh_args", SHELL_OPTIONS);
                variables.put("PRTE_MCA_plm_ssh_no_tree_spawn", "true");
                variables.put("PRTE_MCA_prte_default_hostfile", hostFile.reference());
                variables.put("PRTE_MCA_prte_keep_fqdn_hostnames", "true");
                variables.put("PRTE_MCA_prte_set_default_slots", Long.toString(slots));
            }
            case INTEL -> {
                variables.put("I_MPI_HYDRA_BOOTSTRAP", "rsh");
                variables.put("I_MPI_HYDRA_BOOTSTRAP_EXEC", RemoteShell.command());
                variables.put("I_MPI_HYDRA_BOOTSTRAP_EXEC_EXTRA_ARGS", SHELL_OPTIONS);
                variables.put("I_MPI_HYDRA_BRANCH_COUNT", Integer.toString(hosts));
                variables.put("I_MPI_HYDRA_HOST_FILE", hostFile.reference());
                variables.put("I_MPI_PERHOST", Long.toString(slots));
            }
            case MPICH -> {
                variables.put("HYDRA_LAUNCHER", "rsh");
                variables.put("HYDRA_LAUNCHER_EXEC", RemoteShell.command());
                variables.put("HYDRA_LAUNCH_EXTRA_ARGS", SHELL_OPTIONS);
                variables.put("HYDRA_HOST_FILE", hostFile.reference());
            }
        }
        return variables;
    }

    /** Variables that make the usual case work; what the user says instead counts. */
    Map<String, String> defaults(boolean onOneMachine) {
        Map<String, String> variables = new TreeMap<>();
        switch (this) {
            case OPENMPI -> {
                variables.put("OMPI_ALLOW_RUN_AS_ROOT", "1");
                variables.put("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
                if (onOneMachine) {
                    variables.put("OMPI_MCA_oob_tcp_if_include", "lo");
                    variables.put("OMPI_MCA_btl_tcp_if_include", "lo");
                    // Each worker's daemon takes the machine for its own: all would bind to the same cores and spin.
                    variables.put("OMPI_MCA_hwloc_base_binding_policy", "none");
                    variables.put("PRTE_MCA_hwloc_default_binding_policy", "none");
                    variables.put("OMPI_MCA_mpi_yield_when_idle", "true");
                }
            }
            case INTEL -> {
                if (onOneMachine) {
                    variables.put("I_MPI_HYDRA_IFACE", "lo");
                    variables.put("I_MPI_PIN", "0");
                }
            }
            case MPICH -> {
                // Else ranks get the launcher's variables in place of their worker's: its devices, its files.
                variables.put("HYDRA_ENV", "none");
                if (onOneMachine) {
                    variables.put("HYDRA_IFACE", "lo");
                }
            }
        }
        return variables;
    }

    /** Options of a worker's agent on a machine that it shares with other workers. */
    List<String> agentOptions(String host) {
        return switch (this) {
            case INTEL, MPICH -> List.of("--hostname", host);
            // Open MPI 5 takes daemons with one host name for one and waits for ever; 4 has them share memory by
            // accident.
            case OPENMPI ->
                List.of(
                        "--hostname",
                        host,
                        "--hostname-needed-by",
                        "prted",
                        "--otherwise",
                        "OMPI_MCA_btl_vader_backing_directory=" + PlanFile.FOLDER,
                        "--otherwise",
                        "OMPI_MCA_orte_tmpdir_base=" + PlanFile.FOLDER);
        };
    }
}
