package io.mlengine.core.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.spi.backend.Progress;
import io.mlengine.spi.framework.LogRule;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressTextTest {
    @Test
    void numbersAreStepsOrMetrics() {
        assertThat(
                        ProgressText.ofJson(
                                " {\"step\": 3, \"total\":10,\"epoch\":1, \"loss\": -1.5e-2, \"metrics\": {\"f1\":1}, \"why\":\"a \\\"b\\\"\"} "))
                .contains(Progress.builder()
                        .step(3)
                        .total(10)
                        .epoch(1)
                        .putMetric("loss", -0.015)
                        .putMetric("f1", 1.0)
                        .build());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{}",
                "[1]",
                "{\"step\":}",
                "{\"step\":1",
                "{\"step\":1} x",
                "{\"note\":\"x\"}",
                "step 1",
                "{\"a\":{\"b\":1}}",
                "{\"loss\":NaN}",
                "{\"step\" 1}",
                "{\"step\":1,}"
            })
    void whatCannotBeReadIsNoProgress(String text) {
        assertThat(ProgressText.ofJson(text)).isEmpty();
    }

    @Test
    void groupsOfARuleAreRead() {
        LogRule rule = LogRule.progress("Epoch (?<epoch>\\d+).*step (?<step>[\\d,]+)( acc (?<acc>\\S+))?");
        Matcher matcher = rule.pattern().matcher("Epoch 2: step 1,200");
        assertThat(matcher.find()).isTrue();
        assertThat(ProgressText.ofRule(rule, matcher))
                .contains(Progress.builder().epoch(2).step(1200).build());
    }
}
