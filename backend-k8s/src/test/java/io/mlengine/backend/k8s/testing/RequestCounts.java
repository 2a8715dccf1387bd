package io.mlengine.backend.k8s.testing;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an API server has answered so far, as its own metrics say, whoever asked.
 *
 * @param counts requests by verb and resource, such as {@code POST pods/binding}
 */
public record RequestCounts(SortedMap<String, Long> counts) {
    private static final Pattern LINE = Pattern.compile("apiserver_request_total\\{(.*)} (\\S+)");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

    /** The counts of now, over all that ask. */
    public static RequestCounts now(KubernetesClient client) {
        SortedMap<String, Long> counts = new TreeMap<>();
        client.raw("/metrics")
                .lines()
                .map(LINE::matcher)
                .filter(Matcher::matches)
                .forEach(line -> {
                    SortedMap<String, String> labels = new TreeMap<>();
                    Matcher label = LABEL.matcher(line.group(1));
                    while (label.find()) {
                        labels.put(label.group(1), label.group(2));
                    }
                    String part = labels.getOrDefault("subresource", "");
                    String what =
                            labels.get("verb") + " " + labels.get("resource") + (part.isEmpty() ? "" : "/" + part);
                    counts.merge(what, (long) Double.parseDouble(line.group(2)), Long::sum);
                });
        return new RequestCounts(counts);
    }

    /** What has come since. */
    public RequestCounts since(RequestCounts before) {
        SortedMap<String, Long> more = new TreeMap<>();
        counts.forEach((what, count) -> {
            long grown = count - before.of(what);
            if (grown > 0) {
                more.put(what, grown);
            }
        });
        return new RequestCounts(more);
    }

    /** How many of one verb and resource. */
    public long of(String what) {
        return counts.getOrDefault(what, 0L);
    }

    /** The requests that only a controller makes for jobs: no reads of others, no writes of kubelets. */
    public RequestCounts ofController() {
        SortedMap<String, Long> ours = new TreeMap<>(counts);
        ours.keySet()
                .removeIf(what -> !what.matches(
                        "(POST|PATCH|PUT|DELETE|GET) (pods|pods/binding|pods/log|services|secrets|configmaps|events"
                                + "|mltrains|mltrains/status|mlusages)"));
        return new RequestCounts(ours);
    }

    /** All of them. */
    public long sum() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
