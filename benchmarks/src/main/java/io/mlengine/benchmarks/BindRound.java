package io.mlengine.benchmarks;

/**
 * What one binder did in one round.
 *
 * @param binder its name
 * @param round which round, from 1
 * @param load the machine's load average when it began
 * @param podsPerSecond from the first binding to the last, as a watch saw them
 * @param seconds from its beginning to the last binding
 * @param cpuSeconds CPU of its process for each 1,000 pods, its beginning included
 * @param apiServerCpuSeconds CPU of API server and etcd for each 1,000 pods meanwhile; 0 where these are not ours
 * @param peakMegabytes the most memory that its process has had resident so far
 * @param mostTorn how many gangs had some of their pods bound and not all, at most
 */
record BindRound(
        String binder,
        int round,
        double load,
        double podsPerSecond,
        double seconds,
        double cpuSeconds,
        double apiServerCpuSeconds,
        double peakMegabytes,
        int mostTorn) {}
