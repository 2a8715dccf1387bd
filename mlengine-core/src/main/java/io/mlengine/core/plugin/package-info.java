/**
 * Finds framework plugins on the class path and in folders, says why one cannot be used, and keeps calls into them apart
 * from the engine. The only package that knows PF4J. Plugins are trusted code: the class loader keeps libraries apart,
 * it is no sandbox, and plugins on the class path are not kept apart at all. Stability: API.
 */
@NullMarked
package io.mlengine.core.plugin;

import org.jspecify.annotations.NullMarked;
