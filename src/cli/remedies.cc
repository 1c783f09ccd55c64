#include "cli/remedies.h"

#include <fmt/format.h>

#include <algorithm>

namespace tusker::cli {

namespace {

struct Remedy {
  std::string_view sign;  // in the cause
  std::string_view
      text;  // {cluster}, {node}, {role}, {component}: of the place; {application}: of the cause
};

// The first that fits: what is most particular comes first.
constexpr Remedy kRemedies[] = {
    {"bootstrap script ", "correct the script, and do it again: what it made is taken back"},
    {"Invalid maximum heap size",
     "ask for a heap (-Xmx) that is smaller than the memory of a node"},
    {"Could not reserve enough space",
     "ask for a heap (-Xmx) that is smaller than the memory of a node"},
    {"Address already in use",
     "another program in the node has this port; see which: tusker run {cluster} --node {node} "
     "--user root -- ss -ltnp"},
    {"No space left on device",
     "free some of the node's disk, or take nodes with a larger one (--disk)"},
    {"zip END header", "the jar is damaged; make it again, and see that `jar tf` reads it"},
    {"ZipException", "the jar is damaged; make it again, and see that `jar tf` reads it"},
    {"Error opening job jar", "the jar is damaged; make it again, and see that `jar tf` reads it"},
    {"ClassNotFoundException", "name the main class (--main), or put what is missing into the jar"},
    {"Input path does not exist",
     "put the input there: tusker run {cluster} -- hdfs dfs -put FILE PATH"},
    {"FileAlreadyExistsException",
     "name another output, or remove this one: tusker run {cluster} -- hdfs dfs -rm -r PATH"},
    {"AM Container for ",
     "see what its container wrote: tusker run {cluster} -- yarn logs -applicationId "
     "{application}"},
    {"NameNode is not formatted",
     "its metadata are lost; put the last copy of them back: tusker metadata restore {cluster} "
     "--wait"},
    {"NumberFormatException", "correct the cluster's settings (CustomConf) and create it again"},
    {"IllegalArgumentException", "correct the cluster's settings (CustomConf) and create it again"},
    {"OutOfMemoryError", "give it a larger heap, or take nodes with more memory (--spec)"},
    {"out of memory", "let it need less, or take nodes with more memory (--spec)"},
    {"disk is full",
     "remove what is not needed: tusker run {cluster} --node {node} --user root -- "
     "du -xh -d 3 /data"},
    {"of memory to give",
     "terminate a cluster there, or ask for fewer or smaller nodes (--core, --profile)"},
    {"of disk to give", "free some of that host's disk, or ask for less of it (--disk)"},
    {"of disk left:", "free some of that host's disk"},
    {"the clock of host",
     "what ran then may have failed by its tokens and time-outs; run it again, and let a time "
     "service keep that clock"},
    {"HDFS is in safe mode",
     "it ends by itself once the DataNodes have told what they hold; which blocks are missing: "
     "tusker run {cluster} --user hadoop -- hdfs fsck /"},
    {"has not answered its heartbeats",
     "see that the NameNode runs and that no firewall drops what this node sends: tusker run "
     "{cluster} --node {node} -- hdfs dfs -ls /"},
    {"no whole answer within",
     "it hangs, or has too much to do; if its log (tusker logs {cluster} {node} {role}) stands "
     "still, a restart helps: tusker cluster restart {cluster} --service {component} --process "
     "{role} --node {node}"},
    {"is not connected", "see that the host is up and its agent runs: tusker up"},
    {"has not been heard of", "see that the host is up and its agent runs: tusker up"},
    {"by signal 9",
     "it is started again; if nobody killed it, the node was short of memory: take nodes with more "
     "(--spec)"},
};

// "application_1795727379668_0001" of a text that names one.
std::string application_in(std::string_view text) {
  constexpr std::string_view kBegin = "application_";
  const std::size_t at = text.find(kBegin);
  if (at == std::string_view::npos) return "APPLICATION";
  const std::size_t end = text.find_first_not_of("0123456789_", at + kBegin.size());
  return std::string(text.substr(at, end == std::string_view::npos ? end : end - at));
}

std::string filled(std::string_view text, std::string_view cause, const Place& place) {
  return fmt::format(fmt::runtime(text),
                     fmt::arg("cluster", place.cluster.empty() ? "CLUSTER" : place.cluster),
                     fmt::arg("node", place.node.empty() ? "NODE" : place.node),
                     fmt::arg("role", place.role),
                     fmt::arg("application", application_in(cause)),
                     fmt::arg("component", place.component.empty() ? "SERVICE" : place.component));
}

}  // namespace

std::string remedy_for(std::string_view cause, const Place& place) {
  for (const Remedy& remedy : kRemedies) {
    if (cause.find(remedy.sign) != std::string_view::npos) return filled(remedy.text, cause, place);
  }
  const bool has_log = !place.role.empty() && !place.node.empty();
  return has_log ? filled("see its log: tusker logs {cluster} {node} {role}", cause, place) : "";
}

std::string with_remedy(std::string cause, const Place& place) {
  if (cause.find("tusker ") != std::string::npos) return cause;
  const std::string remedy = remedy_for(cause, place);
  if (!remedy.empty()) cause.insert(std::min(cause.find('\n'), cause.size()), "; " + remedy);
  return cause;
}

}  // namespace tusker::cli
