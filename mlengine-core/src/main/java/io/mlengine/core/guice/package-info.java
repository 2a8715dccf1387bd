/** For embedders who use Guice themselves: a module that binds an engine and lets them bind its parts. Stability: API. */
@NullMarked
package io.mlengine.core.guice;

import org.jspecify.annotations.NullMarked;
