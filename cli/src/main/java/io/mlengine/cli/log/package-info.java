/** The log of commands that run for long, as the JDK's logging with formats of our own. Internal. */
@NullMarked
package io.mlengine.cli.log;

import org.jspecify.annotations.NullMarked;
