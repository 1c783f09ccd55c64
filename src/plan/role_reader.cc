#include <fmt/format.h>

#include <algorithm>

#include "plan/definition_reader.h"
#include "plan/nearest.h"

namespace tusker {
namespace {

const std::vector<std::pair<std::string, store::NodeType>> kNodeTypes = {{"master", store::MASTER},
                                                                         {"core", store::CORE},
                                                                         {"task", store::TASK},
                                                                         {"common", store::COMMON},
                                                                         {"router", store::ROUTER}};

std::vector<RolePlace> read_places(const YamlValue& value) {
  std::vector<RolePlace> places;
  for (const auto& [word, count] : value.entries()) {
    const std::string& wanted = word;
    const auto type = std::find_if(kNodeTypes.begin(), kNodeTypes.end(), [&](const auto& known) {
      return known.first == wanted;
    });
    if (type == kNodeTypes.end()) {
      count.report(fmt::format("unknown node type \"{}\"{}",
                               word,
                               did_you_mean(word, {"master", "core", "task", "common", "router"})));
      continue;
    }
    const bool every = count.text() == "every";
    places.push_back(
        {type->second, every ? 0 : static_cast<std::uint32_t>(count.integer(1, 1000))});
  }
  if (places.empty()) value.report("a role has to be on some node type");
  return places;
}

RoleMemory read_memory(const YamlValue& value) {
  YamlMap map(value);
  RoleMemory memory;
  memory.share = map.required("share").real(0, 0.9);
  memory.min_mb = static_cast<std::uint32_t>(map.required("min_mb").integer(16, 1 << 20));
  const YamlValue most = map.optional("max_mb");
  if (most.present())
    memory.max_mb = static_cast<std::uint32_t>(most.integer(memory.min_mb, 1 << 20));
  return memory;
}

void read_facts(ProbeDefinition& probe, const YamlValue& facts) {
  if (probe.kind == "jmx" || probe.kind == "zookeeper") {
    probe.attributes = facts.texts();
  } else if (probe.kind == "json") {
    for (const auto& [fact, pointer] : facts.entries()) {
      probe.pointers[fact] = pointer.text();
      if (!probe.pointers[fact].starts_with('/'))
        pointer.report(fmt::format("\"{}\" is no JSON pointer: it begins with /", pointer.text()));
    }
  } else if (facts.present()) {
    facts.report(fmt::format("a {} probe has no facts", probe.kind));
  }
}

bool has_fact(const ProbeDefinition& probe, const std::string& fact) {
  return (probe.kind == "open_files" && fact == "OpenFiles") || probe.pointers.contains(fact) ||
         std::any_of(
             probe.attributes.begin(), probe.attributes.end(), [&](const std::string& attribute) {
               return attribute.substr(attribute.rfind('/') + 1) == fact;
             });
}

bool reports(const RoleDefinition& role, const std::string& fact) {
  return std::any_of(role.probes.begin(), role.probes.end(), [&](const ProbeDefinition& probe) {
    return has_fact(probe, fact);
  });
}

void accept_any(const std::string&, const YamlValue&) {}

void check_call(const std::string& subject, const YamlValue& at) {
  if (subject.find('/') == std::string::npos)
    at.report(fmt::format("\"{}\" is no call, such as PROTOCOL/METHOD", subject));
}

void check_word(const std::string& subject, const YamlValue& at) {
  if (subject.size() != 4 ||
      subject.find_first_not_of("abcdefghijklmnopqrstuvwxyz") != std::string::npos)
    at.report(fmt::format("\"{}\" is no four-letter word, such as mntr", subject));
}

void check_open_files(const std::string& subject, const YamlValue& at) {
  if (subject != "decommission")
    at.report(fmt::format("\"{}\" are no files that can be asked for: decommission", subject));
}

ProbeDefinition::Limit read_limit(const std::string& fact, const YamlValue& value) {
  YamlMap map(value);
  ProbeDefinition::Limit limit;
  limit.fact = fact;
  limit.says = map.required("says").text();
  const YamlValue most = map.optional("most");
  const YamlValue equals = map.optional("equals");
  if (most.present() == equals.present()) value.report("a limit has one of `most` and `equals`");
  if (most.present()) limit.most = static_cast<std::uint64_t>(most.integer(0, 1LL << 53));
  if (equals.present()) limit.equals = equals.text();
  return limit;
}

struct ProbeKind {
  const char* name;
  bool tells_readiness;  // by an answer alone; others by a condition only
  void (*check_subject)(const std::string& subject, const YamlValue& at);
};
constexpr ProbeKind kProbeKinds[] = {
    {"jmx", false, accept_any},
    {"json", false, accept_any},
    {"http", true, accept_any},
    {"tcp", true, accept_any},
    {"rpc", true, check_call},
    {"zookeeper", true, check_word},
    {"open_files", false, check_open_files},
};
constexpr const char* kOneKind =
    "a probe is one of jmx, json, http, tcp, rpc, zookeeper and open_files";

bool tells_readiness(const ProbeDefinition& probe) {
  return !probe.ready.empty() ||
         std::any_of(std::begin(kProbeKinds), std::end(kProbeKinds), [&](const ProbeKind& kind) {
           return kind.tells_readiness && probe.kind == kind.name;
         });
}

// `role` has the probes that come before it.
ProbeDefinition read_probe(const RoleDefinition& role,
                           const YamlValue& value,
                           std::vector<Reference>& references) {
  YamlMap map(value);
  ProbeDefinition probe;
  for (const ProbeKind& kind : kProbeKinds) {
    const YamlValue subject = map.optional(kind.name);
    if (!subject.present()) continue;
    if (!probe.kind.empty()) subject.report(kOneKind);
    probe.kind = kind.name;
    probe.subject = subject.text();
    kind.check_subject(probe.subject, subject);
  }
  if (probe.kind.empty()) value.report(kOneKind);
  const YamlValue port = map.required("port");
  probe.port = port.text();
  references.push_back({Reference::Kind::Port, role.name + "." + probe.port, port});
  read_facts(probe, map.optional("facts"));
  for (const auto& [fact, wanted] : map.optional("ready").entries()) {
    if (!has_fact(probe, fact))
      wanted.report(fmt::format("ready names \"{}\", which is not among the probe's facts", fact));
    probe.ready[fact] = wanted.text();
    references.push_back({Reference::Kind::Identity, wanted.text(), wanted});
  }
  for (const auto& [fact, limit] : map.optional("limits").entries()) {
    if (!has_fact(probe, fact))
      limit.report(fmt::format("limits names \"{}\", which is not among the probe's facts", fact));
    probe.limits.push_back(read_limit(fact, limit));
  }
  const YamlValue when = map.optional("when");
  if (when.present()) {
    probe.when = when.text();
    if (!reports(role, probe.when))
      when.report(fmt::format("when names \"{}\", which no probe before reports", probe.when));
    if (tells_readiness(probe) || !probe.limits.empty())
      when.report("a probe that is not always asked cannot tell whether a role is well");
  }
  const YamlValue every = map.optional("every");
  if (every.present())
    probe.interval_ms = static_cast<std::uint32_t>(every.duration() / std::chrono::milliseconds(1));
  if (probe.interval_ms < 100) every.report("a probe asks at most ten times a second");
  return probe;
}

void read_probes(RoleDefinition& role, const YamlValue& value, std::vector<Reference>& references) {
  for (const YamlValue& item : value.items())
    role.probes.push_back(read_probe(role, item, references));
  if (std::none_of(role.probes.begin(), role.probes.end(), tells_readiness))
    value.report(fmt::format("no probe of {} tells when it is ready", role.name));
}

ConditionDefinition read_condition(const std::string& fact,
                                   const YamlValue& wanted,
                                   std::vector<Reference>& references) {
  using Kind = ConditionDefinition::Kind;
  const std::string text = wanted.text();
  for (const auto& [word, kind] : {std::pair<std::string_view, Kind>{"count(", Kind::Count},
                                   {"leaving(", Kind::Leaving},
                                   {"staying(", Kind::Staying}}) {
    if (!text.starts_with(word) || !text.ends_with(")")) continue;
    const std::string role = text.substr(word.size(), text.size() - word.size() - 1);
    references.push_back({Reference::Kind::Role, role, wanted});
    return {fact, kind, role};
  }
  return {fact, Kind::Text, text};
}

std::vector<ConditionDefinition> read_conditions(const RoleDefinition& role,
                                                 const YamlValue& value,
                                                 std::vector<Reference>& references) {
  std::vector<ConditionDefinition> conditions;
  for (const auto& [fact, wanted] : value.entries()) {
    if (!reports(role, fact))
      wanted.report(fmt::format("names \"{}\", which no probe of {} reports", fact, role.name));
    conditions.push_back(read_condition(fact, wanted, references));
  }
  return conditions;
}

void read_stop(RoleDefinition& role, const YamlValue& value) {
  YamlMap map(value);
  const YamlValue signal = map.required("signal");
  role.stop_signal = signal.text();
  static const std::vector<std::string> kSignals = {"TERM", "INT", "QUIT", "HUP", "USR1", "USR2"};
  if (value.present() &&
      std::find(kSignals.begin(), kSignals.end(), role.stop_signal) == kSignals.end()) {
    signal.report(fmt::format(
        "stop.signal is \"{}\", wanted one of TERM, INT, QUIT, HUP, USR1, USR2", role.stop_signal));
  }
  role.stop_within = map.required("within").duration();
  if (const YamlValue last = map.optional("last"); last.present()) role.stop_last = last.boolean();
  if (const YamlValue group = map.optional("kills_group"); group.present())
    role.stop_kills_group = group.boolean();
}

RemovalDefinition read_removal(const YamlValue& value) {
  YamlMap map(value);
  RemovalDefinition removal;
  const YamlValue action = map.required("action");
  removal.action = action.text();
  if (removal.action != "decommission")
    action.report(
        fmt::format("before_removal.action is \"{}\", wanted decommission", removal.action));
  removal.within = map.required("within").duration();
  const YamlValue timeout = map.required("on_timeout");
  removal.on_timeout = timeout.text();
  if (removal.on_timeout != "fail" && removal.on_timeout != "continue") {
    timeout.report(fmt::format("before_removal.on_timeout is \"{}\", wanted fail or continue",
                               removal.on_timeout));
  }
  return removal;
}

ReloadDefinition read_reload(const std::string& role,
                             const YamlValue& value,
                             std::vector<Reference>& references) {
  YamlMap map(value);
  ReloadDefinition reload;
  const YamlValue call = map.required("rpc");
  reload.subject = call.text();
  check_call(reload.subject, call);
  const YamlValue port = map.required("port");
  reload.port = port.text();
  references.push_back({Reference::Kind::Port, role + "." + reload.port, port});
  reload.files = map.required("files").texts();
  for (const auto& [field, number] : map.optional("arguments").entries()) {
    reload.arguments[static_cast<std::uint32_t>(std::strtoul(field.c_str(), nullptr, 10))] =
        static_cast<std::uint32_t>(number.integer(0, INT32_MAX));
  }
  return reload;
}

bool is_safe_path(const std::string& path) {
  return !path.empty() && path.front() != '/' && path.back() != '/' &&
         path.find("..") == std::string::npos && path.find("//") == std::string::npos;
}

std::string read_program(const YamlValue& path) {
  if (!is_safe_path(path.text()))
    path.report(fmt::format("\"{}\" is no path among a node's files", path.text()));
  return path.text();
}

MetadataDefinition read_metadata(const YamlValue& value) {
  YamlMap map(value);
  MetadataDefinition metadata;
  metadata.save = read_program(map.required("save"));
  metadata.put = read_program(map.required("put"));
  metadata.accept = read_program(map.required("accept"));
  metadata.every = map.required("every").duration();
  metadata.keep = static_cast<std::uint32_t>(map.required("keep").integer(1, 100));
  return metadata;
}

DirectoryDefinition read_directory(const YamlValue& value) {
  YamlMap map(value);
  DirectoryDefinition directory;
  const YamlValue path = map.required("path");
  directory.path = path.text();
  if (!is_safe_path(directory.path))
    path.report(fmt::format("\"{}\" is no path below a disk, such as hdfs/name", directory.path));
  directory.user = map.required("user").text();
  directory.mode = map.required("mode").mode();
  if (const YamlValue disks = map.optional("disks"); disks.present()) {
    directory.every_disk = disks.text() == "every";
    if (!directory.every_disk)
      disks.report("disks can be \"every\"; without it the directory is on the first");
  }
  if (const YamlValue seed = map.optional("seed"); seed.present()) {
    directory.seed = seed.text();
    if (directory.seed != "namenode-image")
      seed.report(fmt::format("unknown seed \"{}\"; there is namenode-image", directory.seed));
  }
  return directory;
}

void read_program(RoleDefinition& role, YamlMap& map, const YamlValue& value) {
  role.main = map.optional("main").text();
  role.argv = map.optional("argv").texts();
  if (role.main.empty() == role.argv.empty())
    value.report(fmt::format("{} needs either a Java main class or argv", role.name));
  role.arguments = map.optional("arguments").texts();
  if (!role.arguments.empty() && role.main.empty())
    value.report("\"arguments\" are a Java main class's; those of another program stand in argv");
  role.process = map.optional("process").text();
  role.jvm = map.optional("jvm").texts();
  for (const auto& [name, text] : map.optional("environment").entries())
    role.environment[name] = text.text();
  if (const YamlValue memory = map.optional("memory"); memory.present() || !role.main.empty()) {
    if (!memory.present())
      value.report(fmt::format("{} is a JVM and has no \"memory\"", role.name));
    role.memory = read_memory(memory);
  }
}

}  // namespace

RoleDefinition read_role(const std::string& name,
                         const YamlValue& value,
                         std::vector<Reference>& references) {
  YamlMap map(value);
  RoleDefinition role;
  role.name = name;
  role.on = read_places(map.required("on"));
  role.user = map.required("user").text();
  read_program(role, map, value);
  for (const auto& [port, number] : map.required("ports").entries()) {
    role.ports.push_back({port, static_cast<std::uint32_t>(number.integer(1, 65535))});
  }
  read_probes(role, map.required("probes"), references);
  role.ready_within = map.required("ready_within").duration();
  role.complete = read_conditions(role, map.optional("complete"), references);
  role.drained = read_conditions(role, map.optional("drained"), references);
  role.idle = read_conditions(role, map.optional("idle"), references);
  read_stop(role, map.required("stop"));
  const YamlValue after = map.optional("after");
  role.after = after.texts();
  for (const std::string& other : role.after)
    references.push_back({Reference::Kind::Role, other, after});
  if (const YamlValue last = map.optional("starts_last"); last.present())
    role.starts_last = last.boolean();
  if (const YamlValue removal = map.optional("before_removal"); removal.present())
    role.before_removal = read_removal(removal);
  if (const YamlValue reload = map.optional("reload"); reload.present())
    role.reload = read_reload(name, reload, references);
  if (const YamlValue metadata = map.optional("metadata"); metadata.present())
    role.metadata = read_metadata(metadata);
  if (const YamlValue program = map.optional("set_aside"); program.present())
    role.set_aside = read_program(program);
  // Below 0 a process without CAP_SYS_RESOURCE cannot get: roles are told apart from 0 upward.
  role.oom_score_adj = static_cast<std::int32_t>(map.required("oom_score_adj").integer(0, 1000));
  for (const YamlValue& item : map.optional("directories").items())
    role.directories.push_back(read_directory(item));
  if (const YamlValue number = map.optional("service_number"); number.present()) {
    role.service_number = static_cast<std::uint32_t>(number.integer(0, 100000));
  }
  return role;
}

}  // namespace tusker
