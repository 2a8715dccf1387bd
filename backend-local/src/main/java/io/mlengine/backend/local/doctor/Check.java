package io.mlengine.backend.local.doctor;

/**
 * One thing that the local backend needs or can use.
 *
 * @param name what was looked for
 * @param status whether it will do
 * @param found what is there
 * @param remedy what to do about it; empty when all is well
 */
public record Check(String name, Status status, String found, String remedy) {
    /** How well it will do. */
    public enum Status {
        /** As it should be. */
        OK,
        /** Jobs run, with a limitation. */
        WARNING,
        /** Some or all jobs cannot run. */
        MISSING
    }

    static Check ok(String name, String found) {
        return new Check(name, Status.OK, found, "");
    }

    static Check warning(String name, String found, String remedy) {
        return new Check(name, Status.WARNING, found, remedy);
    }

    static Check missing(String name, String found, String remedy) {
        return new Check(name, Status.MISSING, found, remedy);
    }
}
