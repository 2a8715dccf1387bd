package io.mlengine.core.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeldBackTest {
    private final List<String> told = new ArrayList<>();
    private final HeldBack early = new HeldBack();

    @Test
    void whatComesEarlyIsToldInItsOrderWhenTheStoreHasBeenRead() {
        early.tell(() -> told.add("submitted"));
        early.tell(() -> told.add("wish"));
        assertThat(told).isEmpty();

        early.open();
        early.tell(() -> told.add("later"));

        assertThat(told).containsExactly("submitted", "wish", "later");
    }
}
