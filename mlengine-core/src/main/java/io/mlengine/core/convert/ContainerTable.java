package io.mlengine.core.convert;

import java.util.List;

/** A container of a pod. */
final class ContainerTable {
    static final FieldTable<ContainerDraft> TABLE = FieldTable.<ContainerDraft>named("container")
            .text("name", "chooses the container that becomes the role", (container, name) -> {})
            .text("image", "`image` of the role", ContainerDraft::image)
            .value("command", "`command` of the role", ContainerDraft::command)
            .value("args", "`args` of the role", ContainerDraft::args)
            .text("workingDir", "`workingDirectory` of the role", ContainerDraft::workingDirectory)
            .value("env", "`env` of the role, see env variable", EnvironmentTable::read)
            .dropped("envFrom", "variables are named one by one", "list them in `env`, secrets with `secretKeyRef`")
            .value("ports", "a port that the framework has an option for; see the kinds", ContainerTable::ports)
            .object("resources", ResourceTable.TABLE, container -> container.amounts)
            .value("volumeMounts", "`inputs`, see volume", ContainerTable::mounts)
            .dropped("volumeDevices", "there are no block devices", "name a folder in `inputs`")
            .value("imagePullPolicy", "`pod.imagePullPolicy` of the role", ContainerDraft::pullPolicy)
            .dropped(
                    List.of("livenessProbe", "startupProbe"),
                    "a replica that hangs is known by its silence",
                    "set `runPolicy.progressTimeout`")
            .dropped("readinessProbe", "launchers know when a replica is ready", "")
            .dropped("lifecycle", "there are no hooks", "do it in the command")
            .object("securityContext", SecurityDraft.CONTAINER, container -> container.security)
            .dropped(List.of("stdin", "stdinOnce", "tty"), "a replica has no terminal", "")
            .dropped(
                    List.of("terminationMessagePath", "terminationMessagePolicy"),
                    "the end of the log tells why a replica failed",
                    "")
            .dropped("restartPolicy", "a replica is one container", "")
            .build();

    static final FieldTable<ContainerDraft> PORT = FieldTable.<ContainerDraft>named("container port")
            .text("name", "finds the framework's own port", (container, name) -> {})
            .value("containerPort", "the framework's option", (container, port) -> {})
            .value("protocol", "dropped: all are TCP", ContainerTable::protocol)
            .dropped(List.of("hostPort", "hostIP"), "ports on the machine are given by the engine", "")
            .build();

    private ContainerTable() {}

    private static void ports(ContainerDraft container, ForeignValue list) {
        list.items().forEach(port -> {
            PORT.read(port, container);
            container.ports.put(port.peek("name").orElse(""), port);
        });
    }

    private static void protocol(ContainerDraft container, ForeignValue value) {
        if (value.text().filter(protocol -> !protocol.equals("TCP")).isPresent()) {
            value.dropped("the engine gives TCP ports", "");
        }
    }

    private static void mounts(ContainerDraft container, ForeignValue list) {
        list.items().forEach(item -> {
            MountDraft mount = new MountDraft(item);
            MountDraft.TABLE.read(item, mount);
            container.mounts.add(mount);
        });
    }
}
