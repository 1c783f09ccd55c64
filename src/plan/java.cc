#include "plan/java.h"

#include <fmt/format.h>

#include <algorithm>

#include "plan/node_paths.h"

namespace tusker {
namespace {

// Up to here Serial GC and C1: four times cheaper starts. Above, G1 and the JIT's default.
constexpr std::uint32_t kSmallHeapMb = 1024;

std::string join_class_path(const JavaBundle& bundle, const std::vector<std::string>& more) {
  std::string out;
  for (const std::string& jar : bundle.class_path) out += jar + ":";
  for (const std::string& path : more) out += path + ":";
  out.pop_back();
  return out;
}

std::vector<std::string> directories_of(const JavaBundle& bundle) {
  return {std::string(kConfigurationPath), bundle_path(bundle.name) + "/web"};
}

void add(std::vector<std::string>& to, std::vector<std::string> more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

std::vector<std::string> archive_options(const JavaBundle& bundle) {
  if (!bundle.has_archive) return {};
  // Without ArchiveRelocationMode=0 this JRE relocates the archive: 113 MB of private memory for
  // each JVM. Never -Xshare:on: a node whose archive does not fit starts slower, but starts.
  return {"-XX:+UnlockDiagnosticVMOptions",
          "-XX:ArchiveRelocationMode=0",
          "-XX:SharedArchiveFile=" + archive_path(bundle.name),
          "-Xshare:auto"};
}

std::vector<std::string> common_options(const JavaBundle& bundle, std::string_view least_warning) {
  // The JVM warns on standard output, where it would be taken for the answer of `hdfs dfs -cat`.
  std::vector<std::string> out = {"-Djava.net.preferIPv4Stack=true",
                                  "-Xlog:disable",
                                  fmt::format("-Xlog:all={}:stderr", least_warning),
                                  "-XX:-UsePerfData"};
  add(out, archive_options(bundle));
  return out;
}

std::vector<std::string> open_options() {
  return {fmt::format("-Djava.io.tmpdir={}", kTemporaryPath),
          fmt::format("-Dlog4j.configuration=file:{}/log4j.properties", kConfigurationPath),
          "--add-opens=java.base/java.lang=ALL-UNNAMED"};
}

// As Spark's own scripts open them for Java 17 (its JavaModuleOptions).
std::vector<std::string> spark_module_options() {
  std::vector<std::string> out;
  for (const char* package : {"java.lang",
                              "java.lang.invoke",
                              "java.lang.reflect",
                              "java.io",
                              "java.net",
                              "java.nio",
                              "java.util",
                              "java.util.concurrent",
                              "java.util.concurrent.atomic",
                              "jdk.internal.ref",
                              "sun.nio.ch",
                              "sun.nio.cs",
                              "sun.security.action",
                              "sun.util.calendar"}) {
    out.push_back(fmt::format("--add-opens=java.base/{}=ALL-UNNAMED", package));
  }
  out.emplace_back("--add-opens=java.security.jgss/sun.security.krb5=ALL-UNNAMED");
  add(out,
      {"-Djdk.reflect.useDirectMethodHandle=false", "-Dio.netty.tryReflectionSetAccessible=true"});
  return out;
}

// A daemon without memory is worse than one that s6 starts again.
std::vector<std::string> daemon_options() {
  return {"-XX:+ExitOnOutOfMemoryError",
          fmt::format("-XX:ErrorFile={}/hs_err_%p.log", kTemporaryPath)};
}

std::vector<std::string> small_client_options(std::uint32_t heap_mb) {
  return {"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", fmt::format("-Xmx{}m", heap_mb)};
}

std::vector<std::string> collector_options(std::uint32_t heap_mb) {
  if (heap_mb <= kSmallHeapMb) return {"-XX:+UseSerialGC"};
  return {"-XX:+UseG1GC"};
}

}  // namespace

Result<JavaBundle> java_bundle(const store::Bundle& bundle, bool has_archive) {
  JavaBundle out;
  out.name = bundle.name();
  out.has_archive = has_archive;
  const auto found = bundle.facts().find("class_path");
  std::string_view text = found == bundle.facts().end() ? "" : std::string_view(found->second);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(':'), text.size());
    if (end > 0) out.class_path.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (out.class_path.empty()) {
    return Error::make(
        ErrorCode::FailedPrecondition,
        "bundle {}-{} has no fact class_path: build it again with `tusker bundle build`",
        bundle.name(),
        bundle.version());
  }
  return out;
}

std::vector<std::string> daemon_arguments(const JavaBundle& bundle) {
  std::vector<std::string> out = common_options(bundle, "warning");
  add(out, open_options());
  add(out, daemon_options());
  add(out, {"-cp", join_class_path(bundle, directories_of(bundle))});
  return out;
}

std::vector<std::string> client_arguments(const JavaBundle& bundle, std::uint32_t heap_mb) {
  std::vector<std::string> out = small_client_options(heap_mb);
  add(out, common_options(bundle, "error"));
  add(out, open_options());
  add(out, {"-cp", join_class_path(bundle, directories_of(bundle))});
  return out;
}

std::vector<std::string> task_arguments(const JavaBundle& bundle, std::uint32_t heap_mb) {
  std::vector<std::string> out = collector_options(heap_mb);
  add(out, common_options(bundle, "error"));
  std::vector<std::string> more = directories_of(bundle);
  // YARN puts the task's folder first, which defeats the archive; this class path covers YARN's.
  // job.jar is a directory.
  add(more, {".", "job.jar/job.jar", "job.jar/classes", "job.jar/lib/*", "./*"});
  add(out, {"-cp", join_class_path(bundle, more)});
  return out;
}

std::vector<std::string> spark_daemon_arguments(const JavaBundle& bundle) {
  std::vector<std::string> out = common_options(bundle, "warning");
  out.push_back(fmt::format("-Djava.io.tmpdir={}", kTemporaryPath));
  add(out, spark_module_options());
  add(out, daemon_options());
  add(out, {"-cp", join_class_path(bundle, {std::string(kConfigurationPath)})});
  return out;
}

// The class path covers the one that Spark's scripts make, whose first part is a folder: that would
// defeat the archive.
std::vector<std::string> spark_driver_arguments(const JavaBundle& bundle) {
  std::vector<std::string> out = {"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"};
  add(out, common_options(bundle, "error"));
  out.push_back(fmt::format("-Djava.io.tmpdir={}", kTemporaryPath));
  add(out, {"-cp", join_class_path(bundle, {std::string(kConfigurationPath)})});
  return out;
}

// Covers YARN's class path: after the jars what Spark has sent along for this application.
std::vector<std::string> spark_executor_arguments(const JavaBundle& bundle) {
  std::vector<std::string> out = {"-XX:+UseSerialGC"};
  add(out, common_options(bundle, "error"));
  add(out,
      {"-cp",
       join_class_path(bundle,
                       {"__spark_conf__",
                        ".",
                        "__spark_conf__/__hadoop_conf__",
                        std::string(kConfigurationPath)})});
  return out;
}

std::vector<std::string> zookeeper_daemon_arguments(const JavaBundle& bundle) {
  std::vector<std::string> out = common_options(bundle, "warning");
  out.push_back(fmt::format("-Djava.io.tmpdir={}", kTemporaryPath));
  add(out, daemon_options());
  add(out, {"-cp", join_class_path(bundle, {std::string(kConfigurationPath)})});
  return out;
}

// People read the answers of this one: its log is not for them, nor that its terminal is none.
std::vector<std::string> zookeeper_client_arguments(const JavaBundle& bundle,
                                                    std::uint32_t heap_mb) {
  std::vector<std::string> out = small_client_options(heap_mb);
  add(out, common_options(bundle, "error"));
  add(out,
      {fmt::format("-Djava.io.tmpdir={}", kTemporaryPath),
       "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
       "-Dorg.jline.terminal.dumb=true",
       "-cp",
       join_class_path(bundle, {std::string(kConfigurationPath)})});
  return out;
}

std::string daemon_arguments_file(std::string_view bundle) {
  return bundle == kHadoopBundle ? "jvm.args" : fmt::format("{}.args", bundle);
}

std::vector<std::string> role_command(const RoleDefinition& role,
                                      std::string_view bundle,
                                      std::uint32_t heap_mb) {
  if (role.main.empty()) return role.argv;
  std::vector<std::string> out = {std::string(kJavaPath)};
  add(out, collector_options(heap_mb));
  if (heap_mb <= kSmallHeapMb) out.emplace_back("-XX:TieredStopAtLevel=1");
  out.push_back(fmt::format("-Xmx{}m", heap_mb));
  if (!role.process.empty()) out.push_back(fmt::format("-Dproc_{}", role.process));
  add(out, role.jvm);
  out.push_back(fmt::format("@{}/{}", kConfigurationPath, daemon_arguments_file(bundle)));
  out.push_back(role.main);
  add(out, role.arguments);
  return out;
}

std::uint32_t client_heap_mb(std::uint32_t node_memory_mb) {
  return std::clamp(node_memory_mb / 8, 128U, 1024U);
}

}  // namespace tusker
