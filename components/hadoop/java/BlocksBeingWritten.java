package org.apache.hadoop.hdfs.server.namenode;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

import org.apache.hadoop.hdfs.server.blockmanagement.BlockInfo;

/** The blocks that programs are writing, as their leases tell. Of this package, since the leases are. */
public final class BlocksBeingWritten {
  private BlocksBeingWritten() {}

  /** Calls for each block that is not complete. The caller holds the lock of the name system. */
  public static void visit(Namesystem namesystem, BiConsumer<INodeFile, BlockInfo> visitor) {
    final FSNamesystem names = (FSNamesystem) namesystem;
    final List<Long> files;
    synchronized (names.leaseManager) {
      files = new ArrayList<>(names.leaseManager.getINodeIdWithLeases());
    }
    for (final Long id : files) {
      final INode inode = names.getFSDirectory().getInode(id);
      if (inode == null || !inode.isFile() || !inode.asFile().isUnderConstruction()) continue;
      for (final BlockInfo block : inode.asFile().getBlocks()) {
        if (!block.isComplete()) visitor.accept(inode.asFile(), block);
      }
    }
  }
}
