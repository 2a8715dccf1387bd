package io.mlengine.core.convert;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The command line of horovodrun. What is taken from it is carried over; what is left has to be told about. */
final class HorovodFlags {
    static final String PROCESSES = "-np";
    static final String LEAST = "--min-np";
    static final String MOST = "--max-np";

    private static final String ALONE = "alone";

    /** What is known: each flag with the name that it goes by here. */
    private static final Map<String, String> WITH_VALUE = Map.ofEntries(
            Map.entry(PROCESSES, PROCESSES),
            Map.entry("--num-proc", PROCESSES),
            Map.entry(LEAST, LEAST),
            Map.entry("--min-num-proc", LEAST),
            Map.entry(MOST, MOST),
            Map.entry("--max-num-proc", MOST),
            Map.entry("--reset-limit", "--reset-limit"),
            Map.entry("--start-timeout", "--start-timeout"),
            Map.entry("--elastic-timeout", "--elastic-timeout"),
            Map.entry("--network-interface", "--network-interface"),
            Map.entry("--network-interfaces", "--network-interface"),
            Map.entry("--host-discovery-script", "--host-discovery-script"),
            Map.entry("--slots-per-host", "--slots-per-host"),
            Map.entry("--hosts", "--hosts"),
            Map.entry("-H", "--hosts"),
            Map.entry("--hostfile", "--hostfile"),
            Map.entry("--ssh-port", "--ssh-port"),
            Map.entry("-p", "--ssh-port"));

    private static final List<String> STANDING_ALONE = List.of("--gloo", "--mpi", "--verbose", "--disable-cache");

    private final Map<String, String> values;
    private final List<String> program;

    private HorovodFlags(Map<String, String> values, List<String> program) {
        this.values = values;
        this.program = List.copyOf(program);
    }

    static boolean isHorovodRun(List<String> words) {
        return !words.isEmpty() && words.get(0).replaceFirst(".*/", "").equals("horovodrun");
    }

    /** Reads a command line; empty when it has a flag that is not known, or no program. */
    static Optional<HorovodFlags> of(List<String> words) {
        Map<String, String> values = new LinkedHashMap<>();
        int i = 1;
        while (i < words.size() && words.get(i).startsWith("-")) {
            String[] word = words.get(i).split("=", 2);
            String name = STANDING_ALONE.contains(word[0]) ? ALONE : WITH_VALUE.getOrDefault(word[0], "");
            boolean hasNext = word.length == 1 && i + 1 < words.size();
            if (name.equals(ALONE)) {
                values.put(word[0], "");
            } else if (name.isEmpty() || word.length == 1 && !hasNext) {
                return Optional.empty();
            } else {
                values.put(name, hasNext ? words.get(++i) : word[1]);
            }
            i++;
        }
        List<String> program = words.subList(Math.min(i, words.size()), words.size());
        return program.isEmpty() ? Optional.empty() : Optional.of(new HorovodFlags(values, program));
    }

    /** The words after the flags. */
    List<String> program() {
        return program;
    }

    /** The flags that nobody took. */
    List<String> left() {
        return List.copyOf(values.keySet());
    }

    /** Takes the value of a flag, if it is a number above 0. */
    OptionalInt takeNumber(String flag) {
        String text = values.getOrDefault(flag, "");
        if (!text.matches("[1-9][0-9]{0,5}")) {
            return OptionalInt.empty();
        }
        values.remove(flag);
        return OptionalInt.of(Integer.parseInt(text));
    }

    /** Takes the value of a flag. */
    Optional<String> takeText(String flag) {
        return Optional.ofNullable(values.remove(flag));
    }
}
