#pragma once

#include <string>

namespace tusker::sim {

// What goes wrong on hosts, beside crashes and messages.
struct Trouble {
  enum class Kind {
    None,
    NodeFailsOnce,         // the container of `node` does not start, and then does
    NodeFailsForEver,      // it never does, and the host keeps trying
    NodeFailsPermanently,  // it never will, and the host says so
    RoleEndsOnce,          // `role` on `node` ends once and comes back
    RoleEndsForEver,
    RoleNeverReady,
    FactNeverRight,  // the roles are ready, and the NameNode never sees its DataNodes
    RemovalFailsOnce,
    RemovalFailsForEver,
    HostNeverThere,   // the host of `node` is not connected
    ReloadFailsOnce,  // `role` on `node` does not read its files again, for each of their contents
    ReloadFailsForEver,
    StopNeverEnds,      // `role` on `node` does not end
    NeverSetAside,      // what others made of old metadata cannot be moved away
    CopyNeverThere,     // a copy of metadata does not get to its node
    CopyDamaged,        // its node finds that it cannot be used
    CopyNeverAccepted,  // it is there, and does not come to serve
    ScriptFails,        // the task `role` on `node` ends with 3
    ScriptNeverEnds,
    DrainNeverEnds,  // HDFS finds no place for what the nodes that leave hold
  };
  Kind kind = Kind::None;
  std::string node = "core-2";
  std::string role = "DataNode";
  // Comes on top: a node that fails for ever, so that the flow unwinds.
  bool also_node_fails = false;
  // Likewise: a NodeManager that never is ready, beside a DataNode that is.
  bool also_role_fails = false;
};

// What happens to one message between server and agents. A lost one takes its connection with it,
// as TCP does.
struct MessageFault {
  enum class Kind { None, Lost, Late, Doubled };
  Kind kind = Kind::None;
  bool to_agent = false;
  int index = 0;  // of the messages in this direction since the flow began
};

}  // namespace tusker::sim
