#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "base/random.h"
#include "cli/clusters.h"
#include "cli/commands/commands.h"
#include "cli/create_parameters.h"
#include "cli/exit_codes.h"
#include "cli/flow_view.h"
#include "cli/json_text.h"
#include "cli/node_sizes.h"
#include "cli/options.h"
#include "cli/plan_view.h"
#include "cli/remedies.h"
#include "cli/wait_flow.h"
#include "cli/words.h"
#include "plan/definitions.h"
#include "plan/lifetime.h"
#include "plan/profile.h"

namespace tusker::cli {

namespace json = boost::json;

namespace {

struct CreateOptions {
  std::string data;
  std::string name;
  std::int64_t masters = 1;
  std::int64_t cores = 2;
  std::vector<std::string> components = {"hdfs", "yarn"};
  std::string release = "EMR-V5.0.0";
  std::string profile;
  std::string spec;
  std::string master_spec;
  std::string core_spec;
  std::int64_t disk_gb = 0;
  std::vector<std::string> tags;
  std::string max_idle;
  std::string max_age;
  std::vector<std::string> scripts;
  bool dry_run = false;
  WaitFlags wait;
  OutputForm form = OutputForm::Table;
};

// Sizes by name (--spec) win over a profile; without either, the largest profile that fits.
Result<NodeSizes> sizes_for(const ApiClient& client,
                            const Definitions& definitions,
                            const CreateOptions& options) {
  const std::string& master = options.master_spec.empty() ? options.spec : options.master_spec;
  const std::string& core = options.core_spec.empty() ? options.spec : options.core_spec;
  if (!master.empty() && !core.empty()) {
    return NodeSizes{.master_spec = master, .core_spec = core, .explanation = ""};
  }
  std::vector<FreeHost> hosts;
  if (options.profile.empty()) {
    TK_TRY(hosts, load_free_hosts(client));
  }
  TK_TRY(NodeSizes sizes,
         choose_sizes(definitions,
                      profiles(options.components),
                      options.profile,
                      hosts,
                      options.masters,
                      options.cores));
  if (!master.empty()) sizes.master_spec = master;
  if (!core.empty()) sizes.core_spec = core;
  return sizes;
}

Result<std::map<std::string, std::string>> tags_of(const std::vector<std::string>& words) {
  std::map<std::string, std::string> tags;
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    if (equals == 0 || equals == std::string::npos) {
      return Error::make(
          ErrorCode::InvalidArgument, "--tag takes KEY=VALUE, found '{}'", printable(word));
    }
    tags[word.substr(0, equals)] = word.substr(equals + 1);
  }
  return tags;
}

Result<json::object> parameters_for(Session& session,
                                    const ApiClient& client,
                                    const CreateOptions& options) {
  TK_TRY(const Definitions definitions, built_in_definitions());
  const ReleaseDefinition* release = definitions.release(options.release);
  if (release == nullptr) {
    std::string names;
    for (const ReleaseDefinition& known : definitions.releases) names += " " + known.name;
    return Error::make(ErrorCode::InvalidArgument,
                       "there is no release '{}'; there are:{}",
                       printable(options.release),
                       names);
  }
  SystemRandom random;
  CreateChoices choices = new_choices(options.name, release->product_id, random);
  TK_TRY(choices.software, software_of(options.components, release->components, release->name));
  TK_TRY(choices.tags, tags_of(options.tags));
  if (!options.max_idle.empty()) choices.tags[std::string(kMaxIdleTag)] = options.max_idle;
  if (!options.max_age.empty()) choices.tags[std::string(kMaxAgeTag)] = options.max_age;
  for (const std::string& text : options.scripts) {
    TK_TRY(BootstrapScript script, bootstrap_script_of(text));
    choices.scripts.push_back(std::move(script));
  }
  TK_TRY(const NodeSizes sizes, sizes_for(client, definitions, options));
  if (!sizes.explanation.empty()) session.console.note("Node sizes: " + sizes.explanation + "\n");
  choices.masters = options.masters;
  choices.cores = options.cores;
  choices.master_spec = sizes.master_spec;
  choices.core_spec = sizes.core_spec;
  choices.disk_gb = options.disk_gb;
  return create_parameters(choices);
}

Status dry_run(Session& session,
               const ApiClient& client,
               json::object parameters,
               OutputForm form) {
  parameters.erase("ClientToken");
  TK_TRY(const json::object plan, client.call("PlanInstance", parameters));
  session.console.answer(form == OutputForm::Json ? pretty_json(plan) : render_plan(plan));
  session.console.note("Nothing was made: --dry-run.\n");
  return ok_status();
}

Status wait_until_running(Session& session,
                          const ApiClient& client,
                          const std::string& id,
                          const CreateOptions& options) {
  TK_TRY(const FlowView flow, wait_for_flow(client, session.console, id, "CREATE", options.wait));
  if (flow.succeeded()) {
    session.console.note(fmt::format("{} is running.\n", printable(options.name)));
    return ok_status();
  }
  session.console.note(render_failure(flow));
  return Error::make(
      ErrorCode::Internal,
      "{} was not created; what had been made is removed. All of it: tusker flow show {}",
      printable(options.name),
      flow.id);
}

Status create(Session& session, const CreateOptions& options) {
  TK_TRY(ApiClient client, session.client(options.data));
  if (options.wait.wait) client.set_timeout(std::chrono::seconds(10));
  TK_TRY(json::object parameters, parameters_for(session, client, options));
  if (options.dry_run) return dry_run(session, client, std::move(parameters), options.form);
  TK_TRY(const std::vector<ClusterRow> clusters, list_clusters(client));
  TK_TRY_VOID(check_name_is_free(clusters, options.name));
  Result<json::object> made = client.call("CreateInstance", parameters);
  if (!made.ok())
    return Error::make(made.error().code(), "{}", with_remedy(made.error().message(), {}));
  const json::object answer = *std::move(made);
  const std::string id = printable(text_at(answer, "InstanceId"));
  session.console.answer(options.form == OutputForm::Json ? pretty_json(answer) : id + "\n");
  if (options.wait.wait) {
    // Short, so that a server that is away is noticed, and said, within the 3 s that nothing may be
    // silent.
    client.set_timeout(std::chrono::milliseconds(2000));
    return wait_until_running(session, client, id, options);
  }
  session.console.note(fmt::format("Being created. See it with: tusker cluster show {}\n", id));
  return ok_status();
}

void add_size_options(CLI::App& command, CreateOptions& options) {
  command.add_option("--core", options.cores, "Core nodes: HDFS data and YARN containers")
      ->capture_default_str();
  command.add_option("--master", options.masters, "Master nodes")->capture_default_str();
  command
      .add_option(
          "--profile", options.profile, "Node sizes by name; without it the largest that fits")
      ->type_name("small|medium|large");
  command
      .add_option("--spec", options.spec, "Node size of all nodes, such as TK.SMALL2 (1 CPU, 2 GB)")
      ->type_name("SPEC");
  command.add_option("--master-spec", options.master_spec, "Node size of master nodes")
      ->type_name("SPEC");
  command.add_option("--core-spec", options.core_spec, "Node size of core nodes")
      ->type_name("SPEC");
  command.add_option("--disk", options.disk_gb, "Data disk of each node")->type_name("GB");
}

}  // namespace

void add_cluster_create(CLI::App& cluster, Choice& choice) {
  auto options = std::make_shared<CreateOptions>();
  CLI::App* command = cluster.add_subcommand("create", "Create a cluster");
  command->add_option("NAME", options->name, "Name: 6 to 36 letters, digits, - and _")->required();
  add_size_options(*command, *options);
  command->add_option("--components", options->components, "Components, separated by commas")
      ->delimiter(',')
      ->type_name("LIST")
      ->default_str("hdfs,yarn");
  command->add_option("--release", options->release, "Release")->capture_default_str();
  command->add_option("--tag", options->tags, "Tag; may be given several times")
      ->type_name("KEY=VALUE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_option(
      "--max-idle",
      options->max_idle,
      "Terminate it after so long without work, such as 30m: no application in YARN, "
      "no job, no program begun in it");
  command->add_option(
      "--max-age", options->max_age, "Terminate it so long after its creation, such as 8h, 2d");
  command
      ->add_option("--bootstrap",
                   options->scripts,
                   "Script that every node runs as root, with its arguments; may be given several "
                   "times. MOMENT: resourceAfter (without one), clusterBefore: before the node's "
                   "services; clusterAfter: when all serve")
      ->type_name("[MOMENT=]FILE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_flag("--dry-run", options->dry_run, "Show what would be made, and make nothing");
  add_wait_options(*command, options->wait);
  add_output_option(*command, options->form);
  add_data_option(*command, options->data);
  command->callback([&choice, options] {
    choice.action = [options](Session& session) {
      return report(session, create(session, *options));
    };
  });
  set_examples(*command,
               {"tusker cluster create wordcount --core 2 --components hdfs,yarn --wait",
                "tusker cluster create wordcount --core 3 --dry-run",
                "tusker cluster create wordcount --bootstrap 'setup.sh --fast' --bootstrap "
                "clusterAfter=load.sh --wait",
                "tusker cluster create nightly --max-idle 30m --max-age 8h",
                "tusker cluster create wordcount --spec TK.MEDIUM4 --disk 20 --wait"});
}

}  // namespace tusker::cli
