package io.mlengine.cli.command;

import io.mlengine.backend.local.doctor.Check;
import io.mlengine.cli.terminal.Cells;
import io.mlengine.cli.terminal.Style;
import java.util.ArrayList;
import java.util.List;

/** Checks as lines for people. */
final class CheckText {
    private CheckText() {}

    static List<String> lines(List<Check> checks, Style style) {
        int width = checks.stream()
                .mapToInt(check -> Cells.width(check.name()))
                .max()
                .orElse(0);
        List<String> lines = new ArrayList<>();
        for (Check check : checks) {
            String mark = switch (check.status()) {
                case OK -> style.check();
                case WARNING -> style.warning();
                case MISSING -> style.cross();
            };
            lines.add(Cells.pad(mark, 2, style) + " " + Cells.pad(check.name(), width, style) + "  " + check.found());
            if (!check.remedy().isEmpty()) {
                lines.add("   " + " ".repeat(width) + "  " + style.dim(check.remedy()));
            }
        }
        return lines;
    }
}
