package io.mlengine.core.scheduling;

import io.mlengine.spi.model.JobId;
import java.util.List;
import java.util.StringJoiner;

/** Puts a reason into words. */
final class ReasonText {
    private static final String GPUS = "gpus/";

    private ReasonText() {}

    static String of(BlockingReason reason) {
        return switch (reason.code()) {
            case BACK_OFF -> "backs off after a failure until " + reason.where();
            case QUOTA_EXCEEDED ->
                reason.where().isEmpty()
                        ? "nobody is stopped for it, since a quota refused it: "
                                + reason.refusals().get(0).why()
                        : "waiting for a quota: " + reason.refusals().get(0).why() + "; asks again at "
                                + reason.where();
            case QUEUE_STOPPED -> "queue " + reason.where() + " is stopped";
            case QUEUE_UNKNOWN -> "queue " + reason.where() + " is not configured";
            case QUEUE_LIMIT ->
                "waiting for queue " + reason.where() + ": needs " + need(reason) + ", "
                        + amount(reason.dimension(), reason.free()) + " left of its limit" + shortBy(reason)
                        + heldBy(reason);
            case NO_NODES -> "waiting for a node that takes replicas";
            case IMPOSSIBLE_HERE ->
                "cannot run here: " + (reason.refusals().isEmpty() ? tooLittle(reason) : refused(reason));
            case NODES_REFUSE -> "waiting, because " + refused(reason);
            case NO_ROOM ->
                waitingFor(reason, "") + ": " + amount(reason.dimension(), reason.free()) + " free" + shortBy(reason)
                        + heldBy(reason);
            case NO_ROOM_ON_ONE_NODE ->
                waitingFor(reason, " on one node") + ": "
                        + amount(reason.dimension(), reason.free()) + " free on " + reason.where() + shortBy(reason)
                        + heldBy(reason);
            case NO_ROOM_IN_ONE_DOMAIN ->
                waitingFor(reason, " together") + ": "
                        + amount(reason.dimension(), reason.free()) + " free in " + reason.where() + shortBy(reason)
                        + heldBy(reason);
            case FRAGMENTED ->
                waitingFor(reason, "") + ": the free room is in pieces that hold "
                        + amount(reason.dimension(), reason.free()) + shortBy(reason);
            case ROOM_IS_COMING -> "starts when " + names(reason.holders()) + " has stopped";
            case EARMARKED -> "room is kept for " + names(reason.holders());
            case BEHIND -> "behind " + names(reason.holders());
            case NOT_LOOKED_AT -> "not looked at yet";
        };
    }

    private static String tooLittle(BlockingReason reason) {
        return "needs " + need(reason) + ", "
                + (reason.where().isEmpty() ? "there is at most " : reason.where() + " has at most ")
                + amount(reason.dimension(), reason.free());
    }

    private static String refused(BlockingReason reason) {
        StringJoiner text =
                new StringJoiner(", ", "nodes refuse " + (reason.where().isEmpty() ? "it" : reason.where()) + ": ", "");
        for (BlockingReason.Refusal refusal : reason.refusals()) {
            text.add(refusal.nodes() + (refusal.nodes() == 1 ? " node: " : " nodes: ") + refusal.why());
        }
        return text.toString();
    }

    private static String waitingFor(BlockingReason reason, String place) {
        return "waiting for " + need(reason) + place;
    }

    private static String need(BlockingReason reason) {
        return amount(reason.dimension(), reason.need());
    }

    private static String shortBy(BlockingReason reason) {
        return reason.shortBy() > 0 ? ", short by " + number(reason.dimension(), reason.shortBy()) : "";
    }

    private static String heldBy(BlockingReason reason) {
        return reason.holders().isEmpty() ? "" : ", held by " + names(reason.holders());
    }

    private static String names(List<JobId> jobs) {
        StringBuilder names = new StringBuilder();
        for (JobId job : jobs) {
            names.append(names.isEmpty() ? "" : ", ").append(job);
        }
        return names.toString();
    }

    private static String amount(String dimension, long value) {
        String number = number(dimension, value);
        if (dimension.startsWith(GPUS)) {
            return number + " " + dimension.substring(GPUS.length()) + (value == 1 ? " GPU" : " GPUs");
        }
        return switch (dimension) {
            case "gpus" -> number + (value == 1 ? " GPU" : " GPUs");
            case "cpuMillis" -> number + (value == 1000 ? " core" : " cores");
            case "memoryBytes" -> number + " of memory";
            case "jobs" -> number + (value == 1 ? " job" : " jobs");
            default -> number + " " + dimension;
        };
    }

    private static String number(String dimension, long value) {
        return switch (dimension) {
            case "cpuMillis" -> decimal(value, 1000, 3);
            case "memoryBytes" -> bytes(value);
            default -> Long.toString(value);
        };
    }

    private static String bytes(long value) {
        if (value < 1L << 20) {
            return value + " B";
        }
        return value < 1L << 30 ? decimal(value, 1L << 20, 1) + " MiB" : decimal(value, 1L << 30, 1) + " GiB";
    }

    /** Cuts, so that a shortage is never rounded up to nothing short; zeros at the end are left out. */
    private static String decimal(long value, long unit, int digits) {
        StringBuilder text = new StringBuilder().append(value / unit);
        long rest = value % unit;
        StringBuilder fraction = new StringBuilder();
        for (int i = 0; i < digits && rest > 0; i++) {
            rest *= 10;
            fraction.append(rest / unit);
            rest %= unit;
        }
        while (!fraction.isEmpty() && fraction.charAt(fraction.length() - 1) == '0') {
            fraction.setLength(fraction.length() - 1);
        }
        return fraction.isEmpty()
                ? text.toString()
                : text.append('.').append(fraction).toString();
    }
}
