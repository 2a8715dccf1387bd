/** The owner of an engine while jobs run: follows them, draws them, and answers Ctrl-C. Internal. */
@NullMarked
package io.mlengine.cli.run;

import org.jspecify.annotations.NullMarked;
