package io.mlengine.backend.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.backend.k8s.testing.Await;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

class DeadlocksTest {
    private final Lock first = new ReentrantLock();
    private final Lock second = new ReentrantLock();
    private final CountDownLatch bothHold = new CountDownLatch(2);

    @Test
    void threadsThatWaitForEachOtherForEverAreNamed() throws InterruptedException {
        assertThat(Deadlocks.trouble()).isEmpty();
        Thread one = start("waits-one", first, second);
        Thread other = start("waits-other", second, first);
        try {
            Await.until("it is seen", () -> Deadlocks.trouble().equals("deadlock of waits-one, waits-other"));
        } finally {
            one.interrupt();
            other.interrupt();
            one.join();
            other.join();
        }
        assertThat(Deadlocks.trouble()).isEmpty();
    }

    @SuppressWarnings("LockNotBeforeTry") // It never gets the second one.
    private Thread start(String name, Lock holds, Lock wants) {
        Thread thread = new Thread(
                () -> {
                    holds.lock();
                    try {
                        bothHold.countDown();
                        bothHold.await();
                        wants.lockInterruptibly();
                        wants.unlock();
                    } catch (InterruptedException e) {
                        // The test is over.
                    } finally {
                        holds.unlock();
                    }
                },
                name);
        thread.start();
        return thread;
    }
}
