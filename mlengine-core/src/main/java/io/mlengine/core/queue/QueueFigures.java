package io.mlengine.core.queue;

/**
 * What becomes of the jobs of a queue.
 *
 * @param waiting jobs that wait
 * @param held what the jobs that hold something hold, and how many they are
 */
public record QueueFigures(int waiting, QueueLoad held) {
    /** No jobs. */
    public static final QueueFigures NONE = new QueueFigures(0, QueueLoad.NONE);

    QueueFigures plus(QueueFigures other) {
        return new QueueFigures(waiting + other.waiting, held.plus(other.held));
    }

    QueueFigures minus(QueueFigures other) {
        return new QueueFigures(waiting - other.waiting, held.minus(other.held));
    }
}
