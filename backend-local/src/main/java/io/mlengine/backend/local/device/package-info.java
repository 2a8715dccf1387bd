/**
 * What accelerators this machine has and who uses them. Hands nothing out: that is for leases. Stability: internal, except
 * {@code DeviceReport}, which the command line prints.
 *
 * <p>So far this ran against recorded answers of {@code nvidia-smi} and made-up NVML libraries only, never a real GPU.
 */
@NullMarked
package io.mlengine.backend.local.device;

import org.jspecify.annotations.NullMarked;
