#pragma once

#include "cli/session.h"

namespace CLI {
class App;
}

// One function for each group of commands: adds it to its parent. What is chosen is written to
// `choice`.
namespace tusker::cli {

void add_up(CLI::App& root, Choice& choice);
void add_down(CLI::App& root, Choice& choice);
void add_env(CLI::App& root, Choice& choice);
void add_doctor(CLI::App& root, Choice& choice);
void add_cluster(CLI::App& root, Choice& choice);
void add_cluster_create(CLI::App& cluster, Choice& choice);
void add_cluster_scale(CLI::App& cluster, Choice& choice);
void add_cluster_services(CLI::App& cluster, Choice& choice);
void add_run(CLI::App& root, Choice& choice);
void add_sql(CLI::App& root, Choice& choice);
void add_pyspark(CLI::App& root, Choice& choice);
void add_node(CLI::App& root, Choice& choice);
void add_ui(CLI::App& root, Choice& choice);
void add_shell(CLI::App& root, Choice& choice);
void add_logs(CLI::App& root, Choice& choice);
void add_events(CLI::App& root, Choice& choice);
void add_host(CLI::App& root, Choice& choice);
void add_host_clean(CLI::App& host, Choice& choice);
void add_host_forget(CLI::App& host, Choice& choice);
void add_key(CLI::App& root, Choice& choice);
void add_metadata(CLI::App& root, Choice& choice);
void add_flow(CLI::App& root, Choice& choice);
void add_job(CLI::App& root, Choice& choice);
void add_component(CLI::App& root, Choice& choice);
void add_config(CLI::App& root, Choice& choice);
void add_api(CLI::App& root, Choice& choice);
void add_bundle(CLI::App& root, Choice& choice);
void add_debug(CLI::App& root, Choice& choice);
void add_completion(CLI::App& root, Choice& choice);
void add_server(CLI::App& root, Choice& choice);
void add_agent(CLI::App& root, Choice& choice);
void add_document(CLI::App& root, Choice& choice);

}  // namespace tusker::cli
