package io.mlengine.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.lifecycle.JobDriver;
import io.mlengine.core.lifecycle.JobEvent;
import io.mlengine.core.lifecycle.Jobs;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Resources;
import java.math.BigInteger;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class QueueBookProperties {
    private static final List<Function<MLTrain, JobDriver>> STAGES = List.of(
            JobDriver::queued,
            JobDriver::admitted,
            JobDriver::starting,
            JobDriver::running,
            train -> JobDriver.queued(train).send(new JobEvent.Cancel("")));

    /** Something that happens to a job; the record is absent when it is dropped. */
    private record Change(JobId job, List<JobRecord> record) {}

    private static JobRecord record(String id, String queue, int replicas, int stage) {
        Resources resources = Resources.builder()
                .gpus(2)
                .cpuMillis(1500)
                .memoryBytes(1L << 30)
                .build();
        MLTrain train = MLTrain.builder()
                .from(Jobs.of(Jobs.worker(replicas).resources(resources).build()))
                .queue(queue)
                .build();
        JobRecord record = STAGES.get(stage).apply(train).record();
        return JobRecord.builder().from(record).id(JobId.of(id)).build();
    }

    @Provide
    Arbitrary<List<Change>> changes() {
        Arbitrary<String> jobs = Arbitraries.of("j1", "j2", "j3");
        Arbitrary<Change> put = Combinators.combine(
                        jobs,
                        Arbitraries.of("a", "b"),
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.integers().between(0, STAGES.size() - 1))
                .as((job, queue, replicas, stage) ->
                        new Change(JobId.of(job), List.of(record(job, queue, replicas, stage))));
        Arbitrary<Change> drop = jobs.map(job -> new Change(JobId.of(job), List.of()));
        return Arbitraries.oneOf(put, put, put, drop).list().ofMaxSize(12);
    }

    @Property(tries = 200)
    void onlyTheNewestRecordsCount(@ForAll("changes") List<Change> changes) {
        QueueBook kept = new QueueBook();
        SortedMap<JobId, JobRecord> newest = new TreeMap<>();
        for (Change change : changes) {
            SortedMap<String, QueueFigures> before = new TreeMap<>(kept.own());
            boolean hasChanged;
            if (change.record().isEmpty()) {
                newest.remove(change.job());
                hasChanged = kept.remove(change.job());
            } else {
                newest.put(change.job(), change.record().get(0));
                hasChanged = kept.put(change.record().get(0));
            }
            if (!before.equals(kept.own())) {
                assertThat(hasChanged).isTrue();
            }
        }
        QueueBook anew = new QueueBook();
        newest.values().forEach(anew::put);
        assertThat(kept.own()).isEqualTo(anew.own());
        assertThat(kept.own().values()).doesNotContain(QueueFigures.NONE);
    }

    @Example
    void whatRunsAndWaitsBelowAQueueCountsInIt() {
        QueueBook book = new QueueBook();
        book.put(record("j1", "team", 3, 3));
        book.put(record("j2", "root", 1, 1));
        book.put(record("j3", "team", 1, 0));
        book.put(record("j4", "elsewhere", 1, 0));
        QueueTree tree = QueueTree.of(List.of(
                QueueConfig.named("root").build(),
                QueueConfig.named("team").parent("root").build()));

        SortedMap<String, QueueFigures> within = book.within(tree);

        assertThat(within).containsOnlyKeys("root", "team");
        assertThat(within.get("team")).isEqualTo(figures(1, 6, 4500, 3L << 30, 1));
        assertThat(within.get("root")).isEqualTo(figures(1, 8, 6000, 4L << 30, 2));
        assertThat(book.own()).containsOnlyKeys("elsewhere", "root", "team");
    }

    private static QueueFigures figures(int waiting, long gpus, long cpuMillis, long memoryBytes, long jobs) {
        return new QueueFigures(
                waiting,
                new QueueLoad(
                        BigInteger.valueOf(gpus),
                        BigInteger.valueOf(cpuMillis),
                        BigInteger.valueOf(memoryBytes),
                        BigInteger.valueOf(jobs)));
    }
}
