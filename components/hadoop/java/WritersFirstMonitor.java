package org.apache.hadoop.hdfs.server.blockmanagement;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.apache.hadoop.hdfs.protocol.HdfsConstants.DatanodeReportType;
import org.apache.hadoop.hdfs.server.namenode.BlocksBeingWritten;
import org.apache.hadoop.hdfs.server.namenode.INodeFile;
import org.apache.hadoop.hdfs.util.LightWeightHashSet;
import org.apache.hadoop.hdfs.util.RwLockMode;

/**
 * Lets no DataNode end its decommissioning while a program writes a block that no DataNode in service has.
 *
 * <p>Hadoop's own monitor looks at finished blocks alone (HDFS-17658): a DataNode that has none left counts as decommissioned, is taken
 * away, and the block goes with it. Such a DataNode gets no new blocks from the moment its decommissioning begins, so what is being written
 * on it can only become less: here it waits for that before Hadoop's monitor is told of it. Its finished blocks are copied meanwhile.
 */
public class WritersFirstMonitor extends DatanodeAdminDefaultMonitor {
  /** Decommissioning, and not yet Hadoop's monitor's. Under the lock of the name system, as everything here. */
  private final Set<DatanodeDescriptor> waiting = new HashSet<>();
  /** Those of them whose finished blocks are on their way to others. */
  private final Set<DatanodeDescriptor> copying = new HashSet<>();

  @Override
  public void startTrackingNode(DatanodeDescriptor node) {
    if (node.isDecommissionInProgress()) {
      waiting.add(node);
    } else {
      super.startTrackingNode(node);
    }
  }

  @Override
  public void stopTrackingNode(DatanodeDescriptor node) {
    forget(node);
    super.stopTrackingNode(node);
  }

  @Override
  public int getPendingNodeCount() {
    return super.getPendingNodeCount() + waiting.size();
  }

  @Override
  public void run() {
    if (namesystem.isRunning()) {
      namesystem.writeLock(RwLockMode.GLOBAL);
      try {
        holdThoseBeingWritten();
      } finally {
        namesystem.writeUnlock(RwLockMode.GLOBAL, "WritersFirstMonitor");
      }
    }
    super.run();
  }

  private void holdThoseBeingWritten() {
    final List<DatanodeDescriptor> leaving =
        blockManager.getDatanodeManager().getDatanodeListForReport(DatanodeReportType.DECOMMISSIONING);
    waiting.retainAll(leaving);
    copying.retainAll(leaving);
    if (leaving.isEmpty()) return;
    final Map<DatanodeDescriptor, List<INodeFile>> written = onlyOnNodesThatLeave();
    for (final DatanodeDescriptor node : leaving) {
      final List<INodeFile> files = node.isAlive() ? written.get(node) : null;
      if (files != null) {
        hold(node, files);
      } else if (waiting.contains(node)) {
        forget(node);
        super.startTrackingNode(node);
      }
    }
  }

  /** Of each DataNode: the files with a block that is being written to it, and to none that stays. */
  private Map<DatanodeDescriptor, List<INodeFile>> onlyOnNodesThatLeave() {
    final Map<DatanodeDescriptor, List<INodeFile>> written = new HashMap<>();
    BlocksBeingWritten.visit(namesystem, (file, block) -> {
      final List<DatanodeDescriptor> nodes = nodesOf(block);
      if (nodes.stream().anyMatch(node -> node.isInService() && node.isAlive())) return;
      for (final DatanodeDescriptor node : nodes) {
        written.computeIfAbsent(node, none -> new ArrayList<>()).add(file);
      }
    });
    return written;
  }

  private static List<DatanodeDescriptor> nodesOf(BlockInfo block) {
    final BlockUnderConstructionFeature feature = block.getUnderConstructionFeature();
    if (feature == null) return Collections.emptyList();
    final List<DatanodeDescriptor> nodes = new ArrayList<>();
    for (final DatanodeStorageInfo storage : feature.getExpectedStorageLocations()) {
      if (storage != null) nodes.add(storage.getDatanodeDescriptor());
    }
    return nodes;
  }

  private void hold(DatanodeDescriptor node, List<INodeFile> files) {
    if (waiting.add(node)) super.stopTrackingNode(node); // a block lost the DataNode that would have stayed
    if (copying.add(node)) copyFinishedBlocks(node);
    final LightWeightHashSet<Long> ids = new LightWeightHashSet<>();
    for (final INodeFile file : files) ids.add(file.getId());
    node.getLeavingServiceStatus().set(files.size(), ids, files.size(), files.size());
  }

  private void copyFinishedBlocks(DatanodeDescriptor node) {
    for (final Iterator<BlockInfo> blocks = node.getBlockIterator(); blocks.hasNext();) {
      final BlockInfo block = blocks.next();
      if (!block.isComplete()) continue;
      final NumberReplicas replicas = blockManager.countNodes(block);
      addReconstructionBlockIfNeeded(true, block, replicas, replicas.liveReplicas());
    }
  }

  private void forget(DatanodeDescriptor node) {
    waiting.remove(node);
    copying.remove(node);
  }
}
