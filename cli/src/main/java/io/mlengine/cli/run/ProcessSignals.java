package io.mlengine.cli.run;

import java.util.ArrayList;
import java.util.List;
import org.jline.utils.Signals;

/** Takes the signals of this process. A signal that was ignored when the process started, as by nohup, stays ignored. */
public final class ProcessSignals implements SignalSource {
    private record Taken(String signal, Object before) {}

    private final List<Taken> taken = new ArrayList<>();

    @Override
    public void on(String signal, Runnable action) {
        Object before = Signals.register(signal, action);
        if (before != null) {
            taken.add(new Taken(signal, before));
        }
    }

    @Override
    public void close() {
        taken.forEach(one -> Signals.unregister(one.signal(), one.before()));
        taken.clear();
    }
}
