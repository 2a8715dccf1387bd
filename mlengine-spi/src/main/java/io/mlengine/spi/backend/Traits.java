package io.mlengine.spi.backend;

/**
 * What a backend can do.
 *
 * @param name short name for people, for example {@code local}
 * @param sharedHost whether all replicas share one host's network, so that every port must be leased
 * @param sharesFileSystem whether replicas see the caller's folders, so that {@code code.path} works
 * @param choosesDevices whether the scheduler names the devices; else the node chooses them
 * @param containers whether replicas run in images
 * @param outlivesEngine whether replicas go on when the backend is closed, so that another engine can take them over
 */
public record Traits(
        String name,
        boolean sharedHost,
        boolean sharesFileSystem,
        boolean choosesDevices,
        boolean containers,
        boolean outlivesEngine) {}
