package io.mlengine.backend.local.process;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** Reads {@code /proc}: who is alive, and which processes belong to which replica. */
public final class ProcessTable {
    /** The variable that every process of a replica inherits; its value is unique for each start of a replica. */
    public static final String MARK = "MLENGINE_REPLICA_UID";

    /** What the kernel shows to programs, on all architectures that Java runs on. */
    private static final int TICKS_A_SECOND = 100;

    private static final long NANOS_A_TICK = 1_000_000_000L / TICKS_A_SECOND;
    /** No machine gives out all its numbers in two seconds. */
    private static final long YOUNG_TICKS = 2 * TICKS_A_SECOND;

    private static final int STAT_BYTES = 1024;
    private static final long BOOTED = bootTicks();
    private static final Path PROC = Path.of("/proc");

    private ProcessTable() {}

    /**
     * One line of the table.
     *
     * @param pid its number
     * @param state the kernel's letter, for example {@code Z} for a process that has ended and was not yet waited for
     * @param parent number of its parent
     * @param group number of its process group
     * @param session number of its session
     * @param started start time in clock ticks since boot; with the number it identifies a process
     */
    public record Entry(long pid, char state, long parent, long group, long session, long started) {
        /**
         * Tells whether it can still do anything.
         *
         * @return false for a zombie
         */
        public boolean isAlive() {
            return state != 'Z' && state != 'X';
        }
    }

    /**
     * How the processes of one replica are recognised.
     *
     * @param uid value of {@link #MARK} in their environment
     * @param leader first process, leader of session and group
     * @param started start time of the leader
     */
    public record Family(String uid, long leader, long started) {}

    /**
     * Looks up a process.
     *
     * @param pid its number
     * @return its entry, or empty when there is none
     */
    public static Optional<Entry> find(long pid) {
        try {
            return Optional.of(parse(read(pid + "/stat")));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    /**
     * Tells whether a process is alive and still the same one.
     *
     * @param pid its number
     * @param started its start time
     * @return false when it has ended, is a zombie, or its number was given to another process
     */
    public static boolean isAlive(long pid, long started) {
        return find(pid)
                .filter(entry -> entry.isAlive() && entry.started() == started)
                .isPresent();
    }

    /**
     * Finds the live processes of several replicas in one pass: those in the leader's session or group, those that
     * carry the mark in their environment, and the descendants of either, wherever they have moved.
     *
     * @param families whom to look for
     * @return the numbers of the live processes of each family, by uid
     */
    public static Map<String, TreeSet<Long>> members(Collection<Family> families) {
        Map<String, TreeSet<Long>> found = new TreeMap<>();
        families.forEach(family -> found.put(family.uid(), new TreeSet<>()));
        if (families.isEmpty()) {
            return found;
        }
        Map<Long, Family> byLeader = new HashMap<>();
        families.forEach(family -> byLeader.put(family.leader(), family));
        // Nothing that was there before the first of the replicas can belong to one.
        long oldest = Collections.min(families.stream().map(Family::started).toList());
        TreeMap<Long, String> owners = new TreeMap<>();
        List<Entry> strangers = new ArrayList<>();
        for (Entry entry : entries(families, oldest)) {
            if (entry.started() < oldest) {
                continue;
            }
            Optional<String> owner = owner(entry, byLeader, found);
            owner.ifPresentOrElse(uid -> owners.put(entry.pid(), uid), () -> strangers.add(entry));
            if (entry.isAlive()) {
                owner.ifPresent(uid -> add(found, uid, entry));
            }
        }
        boolean more = true;
        while (more) {
            more = false;
            for (Entry entry : strangers) {
                String uid = owners.get(entry.parent());
                if (uid != null && !owners.containsKey(entry.pid())) {
                    owners.put(entry.pid(), uid);
                    more = true;
                    if (entry.isAlive()) {
                        add(found, uid, entry);
                    }
                }
            }
        }
        return found;
    }

    private static void add(Map<String, TreeSet<Long>> found, String uid, Entry entry) {
        found.computeIfAbsent(uid, unused -> new TreeSet<>()).add(entry.pid());
    }

    private static Optional<String> owner(Entry entry, Map<Long, Family> byLeader, Map<String, TreeSet<Long>> known) {
        for (long number : new long[] {entry.session(), entry.group()}) {
            Family family = byLeader.get(number);
            // The number of a leader that has ended may belong to somebody else's session by now, but not while
            // members of the old session keep it in use; a younger leader with the same number proves the change.
            if (family != null && !isReused(family)) {
                return Optional.of(family.uid());
            }
        }
        return mark(entry.pid()).filter(known::containsKey);
    }

    private static boolean isReused(Family family) {
        return find(family.leader())
                .filter(leader -> leader.started() != family.started())
                .isPresent();
    }

    /**
     * Reads the mark of a process.
     *
     * @param pid its number
     * @return the mark's value, or empty when it has none or may not be read
     */
    public static Optional<String> mark(long pid) {
        try {
            String environment = Files.readString(PROC.resolve(pid + "/environ"), StandardCharsets.ISO_8859_1);
            for (String variable : environment.split("\0")) {
                if (variable.startsWith(MARK + "=")) {
                    return Optional.of(variable.substring(MARK.length() + 1));
                }
            }
            return Optional.empty();
        } catch (IOException goneOrForeign) {
            return Optional.empty();
        }
    }

    /**
     * The time in the unit of start times; behind, never ahead, after the machine has slept.
     *
     * @return clock ticks since boot
     */
    public static long now() {
        return BOOTED + System.nanoTime() / NANOS_A_TICK;
    }

    private static long bootTicks() {
        try {
            double uptime = Double.parseDouble(read("uptime").split(" ")[0]);
            return (long) (uptime * TICKS_A_SECOND) - System.nanoTime() / NANOS_A_TICK;
        } catch (IOException e) {
            return 0; // no Linux: then there are no start times either
        }
    }

    /**
     * Tells whether no thread of a process can do anything before it is continued.
     *
     * @param pid its number
     * @return true when all of it is stopped or has ended
     */
    public static boolean isHalted(long pid) {
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(PROC.resolve(pid + "/task"))) {
            for (Path task : tasks) {
                char state = parse(Files.readString(task.resolve("stat"), StandardCharsets.ISO_8859_1))
                        .state();
                if ("TtZX".indexOf(state) < 0) {
                    return false;
                }
            }
            return true;
        } catch (IOException | DirectoryIteratorException gone) {
            return find(pid).isEmpty();
        }
    }

    /** All processes that may belong to the families; a look at all of them costs milliseconds. */
    private static List<Entry> entries(Collection<Family> families, long oldest) {
        long least = 0;
        if (now() - oldest < YOUNG_TICKS) {
            // Numbers are given out in rising order, so what a young family has started comes after its leader, unless
            // the numbers began anew meanwhile.
            long first = Collections.min(families.stream().map(Family::leader).toList());
            least = lastNumber() >= first ? first : 0;
        }
        String[] names = PROC.toFile().list();
        if (names == null) {
            throw new IllegalStateException("cannot read /proc");
        }
        List<Entry> entries = new ArrayList<>();
        for (String name : names) {
            char digit = name.charAt(0);
            if (digit >= '1' && digit <= '9') {
                long pid = Long.parseLong(name);
                if (pid >= least) {
                    find(pid).ifPresent(entries::add);
                }
            }
        }
        return entries;
    }

    /** The number that was given out last. */
    private static long lastNumber() {
        try {
            String load = read("loadavg").trim();
            return Long.parseLong(load.substring(load.lastIndexOf(' ') + 1));
        } catch (IOException e) {
            return -1;
        }
    }

    private static String read(String name) throws IOException {
        // Files.readString asks for size and type first, which triples the cost of such short reads.
        try (FileInputStream input = new FileInputStream("/proc/" + name)) {
            byte[] bytes = new byte[STAT_BYTES];
            int count = Math.max(0, input.read(bytes));
            return new String(bytes, 0, count, StandardCharsets.ISO_8859_1);
        }
    }

    static Entry parse(String stat) {
        int name = stat.indexOf('(');
        // The name may hold spaces and parentheses, so the fields are counted from its last parenthesis.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return new Entry(
                Long.parseLong(stat.substring(0, name).trim()),
                fields[0].charAt(0),
                Long.parseLong(fields[1]),
                Long.parseLong(fields[2]),
                Long.parseLong(fields[3]),
                Long.parseLong(fields[19]));
    }
}
