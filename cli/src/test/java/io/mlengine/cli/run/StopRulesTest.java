package io.mlengine.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.cli.run.StopRules.Action;
import io.mlengine.cli.run.StopRules.State;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class StopRulesTest {
    private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");

    private static Instant at(double seconds) {
        return START.plusMillis(Math.round(seconds * 1000));
    }

    @Test
    void firstInterruptAsksAndNoAnswerMeansToGoOn() {
        StopRules rules = new StopRules(true);

        assertThat(rules.interrupted(at(0))).isEqualTo(Action.ASK);
        assertThat(rules.tick(at(9.9))).isEqualTo(Action.NONE);
        assertThat(rules.tick(at(10))).isEqualTo(Action.GO_ON);
        assertThat(rules.state()).isEqualTo(State.RUNNING);
    }

    @Test
    void secondInterruptWithinTwoSecondsStopsAtOnce() {
        StopRules rules = new StopRules(true);
        rules.interrupted(at(0));

        assertThat(rules.interrupted(at(2))).isEqualTo(Action.STOP);
    }

    @Test
    void laterInterruptAsksAgain() {
        StopRules rules = new StopRules(true);
        rules.interrupted(at(0));

        assertThat(rules.interrupted(at(2.1))).isEqualTo(Action.ASK);
        assertThat(rules.interrupted(at(3))).isEqualTo(Action.STOP);
    }

    @Test
    void answersAreTakenOnlyWhileTheQuestionStands() {
        StopRules rules = new StopRules(true);

        assertThat(rules.key('y', at(0))).isEqualTo(Action.NONE);
        rules.interrupted(at(1));
        assertThat(rules.key('x', at(2))).isEqualTo(Action.NONE);
        assertThat(rules.key('c', at(2))).isEqualTo(Action.GO_ON);
        rules.interrupted(at(5));
        assertThat(rules.key('Y', at(6))).isEqualTo(Action.STOP);
    }

    @Test
    void withoutATerminalTheFirstSignalStops() {
        StopRules rules = new StopRules(false);

        assertThat(rules.interrupted(at(0))).isEqualTo(Action.STOP);
        assertThat(rules.interrupted(at(1))).isEqualTo(Action.NONE);
    }

    @Test
    void terminationIsNeverAQuestion() {
        assertThat(new StopRules(true).terminated(at(0))).isEqualTo(Action.STOP);
    }

    @Test
    void footerAlwaysTellsWhatCtrlCMeansNow() {
        StopRules rules = new StopRules(true);

        assertThat(rules.footer(at(0), Duration.ofSeconds(30), false)).isEqualTo("^C stop the job (asks)");
        rules.interrupted(at(0));
        assertThat(rules.footer(at(1), Duration.ofSeconds(30), false))
                .isEqualTo("stop the job? [y]es, [c]ontinue   (goes on in 9 s; ^C again stops at once)");
        rules.interrupted(at(1));
        assertThat(rules.footer(at(4), Duration.ofSeconds(30), true))
                .isEqualTo("stopping: TERM was sent, KILL follows in 27 s");
    }
}
