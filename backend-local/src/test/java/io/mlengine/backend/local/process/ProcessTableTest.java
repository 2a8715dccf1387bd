package io.mlengine.backend.local.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.spi.model.ExitStatus;
import org.junit.jupiter.api.Test;

class ProcessTableTest {
    @Test
    void aNameMayHoldAnything() {
        ProcessTable.Entry entry = ProcessTable.parse(
                "42 (a) b (c)) S 7 40 41 0 -1 4194304 102 0 0 0 0 0 0 0 20 0 1 0" + " 191554 3133440 416\n");
        assertThat(entry).isEqualTo(new ProcessTable.Entry(42, 'S', 7, 40, 41, 191554));
    }

    @Test
    void thisProcessIsAliveWithItsOwnStartTimeOnly() {
        ProcessTable.Entry self =
                ProcessTable.find(ProcessHandle.current().pid()).orElseThrow();
        assertThat(ProcessTable.isAlive(self.pid(), self.started())).isTrue();
        assertThat(ProcessTable.isAlive(self.pid(), self.started() + 1)).isFalse();
        assertThat(ProcessTable.now()).isGreaterThanOrEqualTo(self.started());
    }

    @Test
    void whatJobsSaysTellsAnExitCodeFromASignal() {
        assertThat(ExitReport.status(137, "Done(137)")).isEqualTo(ExitStatus.ofCode(137));
        assertThat(ExitReport.status(137, "Exit 137      sleep 1")).isEqualTo(ExitStatus.ofCode(137));
        assertThat(ExitReport.status(137, "Killed")).isEqualTo(ExitStatus.ofSignal(9));
        assertThat(ExitReport.status(139, "Segmentation fault (core dumped)")).isEqualTo(ExitStatus.ofSignal(11));
        assertThat(ExitReport.status(145, "Done(5)")).isEqualTo(ExitStatus.ofCode(5));
        assertThat(ExitReport.status(145, "Done")).isEqualTo(ExitStatus.SUCCESS);
        assertThat(ExitReport.status(3, "")).isEqualTo(ExitStatus.ofCode(3));
        assertThat(ExitReport.status(143, "")).isEqualTo(ExitStatus.ofSignal(15));
    }
}
