/**
 * XGBoost 2.1 and newer: workers that meet at a tracker and train one model by collective operations. The tracker and the
 * module by which a script joins are Python files of this package, shipped with each plan. Stability: internal.
 */
@NullMarked
package io.mlengine.plugins.xgboost;

import org.jspecify.annotations.NullMarked;
