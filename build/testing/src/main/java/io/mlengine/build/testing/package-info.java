/**
 * What the tests of every module share: the module's own classes, the general rules, discovery and golden files.
 * Internal to this build: never published, and no module depends on it outside its tests.
 */
@NullMarked
package io.mlengine.build.testing;

import org.jspecify.annotations.NullMarked;
