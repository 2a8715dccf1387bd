package io.mlengine.core.api;

import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Node;
import java.util.SortedMap;

/**
 * A node and who holds what of it.
 *
 * @param node the node as the backend reports it
 * @param holders device id to the job that holds it; free devices are absent
 * @param cpuMillisUsed CPU promised to jobs, in thousandths of a core
 * @param memoryBytesUsed memory promised to jobs
 */
public record NodeView(Node node, SortedMap<String, JobId> holders, long cpuMillisUsed, long memoryBytesUsed) {}
