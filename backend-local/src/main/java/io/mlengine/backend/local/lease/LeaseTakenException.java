package io.mlengine.backend.local.lease;

/** Somebody else on this machine holds what was asked for. */
public final class LeaseTakenException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String resource;
    private final String holder;

    LeaseTakenException(String resource, String holder) {
        super(resource + " is leased by " + holder);
        this.resource = resource;
        this.holder = holder;
    }

    /** What was asked for. */
    public String resource() {
        return resource;
    }

    /** Who holds it, for people. */
    public String holder() {
        return holder;
    }
}
