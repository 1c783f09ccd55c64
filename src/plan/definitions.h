#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "proto/store.pb.h"

namespace tusker {

// What the product consists of, as data: components, releases and node specs. Read once at start,
// validated in full, never changed afterwards. Plain values without invariants of their own:
// load_definitions() is what makes them trustworthy.

// How many nodes of one type run a role: the first `count` of them, or every one.
struct RolePlace {
  store::NodeType type = store::NODE_TYPE_NONE;
  std::uint32_t count = 0;  // 0: every
};

// Heap of a role: a share of what its node has for heaps (sizing.h), kept within [min_mb, max_mb].
struct RoleMemory {
  double share = 0;
  std::uint32_t min_mb = 0;
  std::uint32_t max_mb = 0;  // 0: no limit
};

struct PortDefinition {
  std::string name;  // rpc, http…
  std::uint32_t number = 0;
};

// store::Probe before its texts are filled in: values of `ready` may name cluster identities, as
// "{hdfs.cluster_id}".
struct ProbeDefinition {
  std::string kind;                     // tcp, http, jmx, json, rpc, zookeeper, open_files
  std::string port;                     // name of one of the role's ports
  std::string subject;                  // path, bean, protocol/method, word, or decommission
  std::vector<std::string> attributes;  // jmx, zookeeper
  std::map<std::string, std::string> pointers;  // json: fact -> JSON pointer
  std::map<std::string, std::string> ready;     // fact -> value
  struct Limit {
    std::string fact;
    std::uint64_t most = 0;
    std::string equals;  // in place of `most` unless empty
    std::string says;    // what it means to be beyond; {} is what was found
  };
  std::vector<Limit> limits;  // beyond one of them the role is ready, and not well
  std::string when;           // a fact of the role: asked while it is not 0; empty: always
  std::uint32_t interval_ms = 5000;
  std::uint32_t starting_interval_ms = 200;
};

// A cluster-level condition on a fact of a role: it is a text, or compares with the number of nodes
// that run another role.
struct ConditionDefinition {
  enum class Kind {
    Text,     // "Operational": the same
    Count,    // "count(DataNode)": as many as nodes run it, or more
    Leaving,  // "leaving(DataNode)": as many as those that leave, or more
    Staying,  // "staying(NodeManager)": as many as those that stay, or fewer
  };
  std::string fact;
  Kind kind = Kind::Text;
  std::string argument;  // the text, or the role
};

// A directory that a role needs on its node's disks.
struct DirectoryDefinition {
  std::string path;  // relative to the disk
  std::string user;
  std::uint32_t mode = 0;
  bool every_disk = false;  // else on the first only
  std::string seed;         // "namenode-image", or empty
};

struct RemovalDefinition {
  std::string action;  // decommission
  Duration within{};
  std::string on_timeout;  // fail, continue
};

// How a running role is made to read some of its node's files again; else it reads them when it
// starts.
struct ReloadDefinition {
  std::string subject;  // protocol/method of Hadoop RPC
  std::string port;     // name of one of the role's ports
  std::vector<std::string> files;
  std::map<std::uint32_t, std::uint32_t> arguments;  // the call's: protobuf field -> number
};

// What a role's cluster cannot do without, and the programs that carry it. They are among the
// node's files.
struct MetadataDefinition {
  std::string save;  // the role's user, while the role runs: a copy to standard output
  std::string put;   // root, while it does not: one from standard input, in place once it is whole
  std::string accept;  // the role's user, once the role is ready: lets it serve from what was put
  Duration every{};
  std::uint32_t keep = 0;  // copies
};

struct RoleDefinition {
  std::string name;
  std::string component;
  std::vector<RolePlace> on;
  std::string user;
  std::string main;                                // Java main class, or empty
  std::vector<std::string> arguments;              // of the main class
  std::vector<std::string> argv;                   // of a program that is not Java
  std::string process;                             // value of -Dproc_…
  std::vector<std::string> jvm;                    // further JVM options of this role
  std::map<std::string, std::string> environment;  // added to the node's
  RoleMemory memory;
  std::vector<PortDefinition> ports;
  std::vector<ProbeDefinition> probes;
  Duration ready_within{};
  std::vector<ConditionDefinition> complete;  // when a cluster is
  std::vector<ConditionDefinition> drained;   // when nodes that leave hold nothing any more
  std::vector<ConditionDefinition> idle;      // when a cluster works on nothing
  std::string stop_signal;
  Duration stop_within{};
  bool stop_last = false;  // after every other role of the cluster
  bool stop_kills_group = true;
  std::vector<std::string>
      after;                 // roles, of any component; those that the cluster lacks do not count
  bool starts_last = false;  // once the cluster serves: what a create waits for comes first
  std::optional<RemovalDefinition> before_removal;
  std::optional<ReloadDefinition> reload;
  std::optional<MetadataDefinition> metadata;
  // A program among the node's files, for root while the role is stopped: what the role made of its
  // component's metadata is out of the way, before others are put in their place. Empty: none.
  std::string set_aside;
  std::int32_t oom_score_adj = 0;
  std::vector<DirectoryDefinition> directories;
  // The API's number of the process, docs/reference/semantics.md 2.10; ZooKeeper's is 0.
  std::optional<std::uint32_t> service_number;
};

enum class SettingType { Text, Integer, Real, Boolean };

struct SettingDefinition {
  std::string key;
  std::string component;
  std::string file;
  SettingType type = SettingType::Text;
  // Exactly one of the three is not empty, except for a literal that is empty itself.
  std::string literal;
  std::string text;     // text_template.h: "hdfs://{master}:{port:NameNode.rpc}"
  std::string formula;  // formula.h: of sizing facts
  std::optional<double> least, most;
  std::vector<std::string> one_of;
  std::vector<std::string> restart,
      reload;  // roles that must do so before a new value acts; both empty: the next job takes it
  bool fixed = false;      // the plan depends on it: CustomConf may not set it
  std::string start_only;  // not empty: acts only while a cluster starts or is empty, and says why
                           // that is safe
};

// A named formula, for those that several settings share. May use facts that stand before it.
struct FactDefinition {
  std::string name;
  std::string formula;
};

struct PageDefinition {
  std::string title;
  std::string role;
  std::string port;
  std::string path;
};

struct MetricDefinition {
  std::string name;
  std::string role;
  std::string fact;
  std::string unit;
};

// One command that shows the component at work, run as the ordinary user.
struct SmokeStep {
  std::string what;
  std::vector<std::string> argv;
  std::string expect;  // text that its output must have; empty: exit code 0 is enough
};

struct ComponentDefinition {
  std::string name;
  std::string version;
  std::string bundle;              // whose read-only files it runs from
  std::vector<std::string> needs;  // components that must be in the same cluster
  // The API's, docs/reference/semantics.md 2.10; ZooKeeper's is 0.
  std::optional<std::uint32_t> service_number;
  std::vector<RoleDefinition> roles;
  std::vector<FactDefinition> facts;
  std::vector<SettingDefinition> settings;
  // Settings of other components, whose defaults are lists separated by commas: what this one
  // puts behind them in its clusters.
  std::map<std::string, std::string> extends;
  std::vector<PageDefinition> pages;
  std::vector<MetricDefinition> metrics;
  std::vector<SmokeStep> smoke_test;
  // The command that a job's step is given to, by the API's type of step.
  std::map<std::string, std::vector<std::string>> steps;
};

struct ReleaseDefinition {
  std::string name;  // EMR-V5.0.0
  std::uint64_t product_id = 0;
  std::map<std::string, std::string> components;  // name -> version
  std::map<std::string, std::string>
      settings;  // key -> value: the layer above a definition's default
};

// Which node specs are offered; spec.h reads and checks one.
struct SpecDefinitions {
  std::vector<std::string> families;
  std::vector<std::string> shapes;  // SMALL1, MEDIUM4…: each with each family
};

struct Definitions {
  std::vector<ComponentDefinition> components;
  std::vector<ReleaseDefinition> releases;
  SpecDefinitions specs;

  const ComponentDefinition* component(std::string_view name) const;
  const RoleDefinition* role(std::string_view name) const;
  const SettingDefinition* setting(std::string_view file, std::string_view key) const;
  const ReleaseDefinition* release(std::string_view name) const;
  const ReleaseDefinition* release_by_product(std::uint64_t product_id) const;
};

// One file of components/ or releases/: its path there and its text.
struct DefinitionFile {
  std::string path;
  std::string text;
};

// Reads and checks everything together. The one Error lists all that is wrong, a line each:
// "components/hdfs/component.yaml:12: unknown key "prots"; did you mean "ports"?". Pure.
Result<Definitions> load_definitions(const std::vector<DefinitionFile>& files);

// The definitions that are part of this program.
Result<Definitions> built_in_definitions();

// All offered node spec names, smallest first within a family.
std::vector<std::string> offered_specs(const Definitions& definitions);

}  // namespace tusker
