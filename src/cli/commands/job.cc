#include <fcntl.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <filesystem>

#include "base/encoding.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/clusters.h"
#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/interrupt.h"
#include "cli/jobs.h"
#include "cli/json_text.h"
#include "cli/live_line.h"
#include "cli/options.h"
#include "cli/run_client.h"
#include "cli/words.h"

namespace tusker::cli {

namespace json = boost::json;

namespace {

constexpr Duration kPause = std::chrono::milliseconds(500);

// ---- run

struct RunJobOptions {
  std::string data;
  std::string cluster;
  std::string name;
  std::string type = "MR";
  std::string program;  // a file of this machine, or an address that the cluster knows
  std::string main;
  std::vector<std::string> settings;  // key=value
  bool terminates = false;
  WaitFlags wait;
};

bool is_address(std::string_view program) {
  return program.find("://") != std::string_view::npos;
}

// Puts a file of this machine where every node can read it: under a name that its content has, so
// that running it again changes nothing. Yields its address.
Result<std::string> upload(Session& session,
                           const ApiClient& client,
                           const ClusterRow& row,
                           const std::string& path) {
  TK_TRY(const std::string digest, sha256_hex_of_file(path));
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return Error::from_errno(errno, path);
  const std::string folder = fmt::format("/user/tusker/.jobs/{}", digest.substr(0, 16));
  const std::string target =
      fmt::format("{}/{}", folder, std::filesystem::path(path).filename().string());
  session.console.note(fmt::format("Copying {} into {}'s HDFS\n", printable(path), row.name));
  const std::string script = fmt::format("hdfs dfs -mkdir -p {0} && exec hdfs dfs -put -f - {1}",
                                         shell_quoted(folder),
                                         shell_quoted(target));
  TK_TRY(
      const RunEnd end,
      run_in_node(client.access(),
                  {.cluster_id = row.id, .argv = {"/bin/sh", "-c", script}, .input = file.get()}));
  if (!end.failure.empty() || end.exit_code != 0) {
    return Error::make(
        ErrorCode::Unavailable,
        "{} could not be copied into the cluster: {}",
        printable(path),
        end.failure.empty() ? fmt::format("exit code {}", end.exit_code) : printable(end.failure));
  }
  return "hdfs://" + target;
}

// What the step's command is given, before the program's own arguments.
std::vector<std::string> words_before(const RunJobOptions& options, const std::string& program) {
  std::vector<std::string> words;
  const bool spark = options.type == "SPARK";
  if (spark && !options.main.empty()) words.insert(words.end(), {"--class", options.main});
  for (const std::string& setting : options.settings)
    words.insert(words.end(), {"--conf", setting});
  words.push_back(program);
  if (!spark && !options.main.empty()) words.push_back(options.main);
  return words;
}

Status check_options(const RunJobOptions& options) {
  if (options.type == "MR" && !options.settings.empty())
    return Error(ErrorCode::InvalidArgument,
                 "--conf is for SPARK; a MapReduce program takes -D key=value among its arguments");
  return ok_status();
}

// Shows what a job does until it ends.
Result<JobView> wait_for_job(Session& session,
                             const ApiClient& client,
                             std::int64_t id,
                             const WaitFlags& flags) {
  TK_TRY(Interrupt interrupt, Interrupt::watch());
  LiveLine line(session.console);
  const Time start = client.clock().now();
  for (;;) {
    Result<JobView> job = load_job(client, id);
    const Duration elapsed = client.clock().now() - start;
    if (!job.ok() && !may_pass(job.error())) return job;
    line.show(job.ok() ? short_state(*job) : "the server does not answer, trying again", elapsed);
    const bool done = job.ok() && job->finished();
    const bool late = elapsed >= std::chrono::seconds(flags.timeout_s);
    if (!done && !late && !interrupt.wait(kPause)) continue;
    line.clear();
    if (done) return job;
    return Error::make(late ? ErrorCode::DeadlineExceeded : ErrorCode::Cancelled,
                       "{}; the job goes on. See it with: tusker job show {}",
                       late ? "the time to wait is over" : "no longer waiting",
                       id);
  }
}

Result<std::int64_t> begin(Session& session,
                           const ApiClient& client,
                           const RunJobOptions& options,
                           const std::vector<std::string>& arguments) {
  TK_TRY_VOID(check_options(options));
  TK_TRY(const ClusterRow row, find_cluster(client, options.cluster));
  std::string program = options.program;
  if (!is_address(program)) {
    TK_TRY(program, upload(session, client, row, options.program));
  }
  json::array words;
  for (const std::string& word : words_before(options, program)) words.emplace_back(word);
  for (const std::string& word : arguments) words.emplace_back(word);
  const std::string name = options.name.empty()
                               ? std::filesystem::path(options.program).filename().string()
                               : options.name;
  json::object step{{"Name", name},
                    {"ActionOnFailure", "CONTINUE"},
                    {"ExecutionStep", json::object{{"JobType", options.type}, {"Args", words}}}};
  TK_TRY(const json::object answer,
         client.call("RunJobFlow",
                     {{"Name", name},
                      {"CreateCluster", false},
                      {"InstanceId", row.id},
                      {"InstancePolicy", options.terminates ? "Terminate" : "Reserve"},
                      {"Steps", json::array{std::move(step)}}}));
  return integer_at(answer, "JobFlowId");
}

int run(Session& session, const RunJobOptions& options, const std::vector<std::string>& arguments) {
  const Result<ApiClient> client = session.client(options.data);
  if (!client.ok()) return report(session, client.error());
  const Result<std::int64_t> id = begin(session, *client, options, arguments);
  if (!id.ok()) return report(session, id.error());
  if (!options.wait.wait) {
    session.console.note(
        fmt::format("Job {0} has begun. Follow it with: tusker job logs {0} -f\n", *id));
    return kDone;
  }
  const Result<JobView> job = wait_for_job(session, *client, *id, options.wait);
  if (!job.ok()) return report(session, job.error());
  session.console.note(render_job_end(*job));
  return job->succeeded() ? kDone : kFailed;
}

void add_run_job(CLI::App& job, Choice& choice) {
  auto options = std::make_shared<RunJobOptions>();
  CLI::App* command = job.add_subcommand("run", "Run a program on a cluster, as a job of one step");
  command->add_option("CLUSTER", options->cluster, "Name or id of the cluster")->required();
  command
      ->add_option("--type", options->type, "What runs it: MR (hadoop jar), SPARK (spark-submit)")
      ->transform(CLI::IsMember({"MR", "SPARK"}, CLI::ignore_case))
      ->capture_default_str();
  command
      ->add_option("--jar,--file",
                   options->program,
                   "The program: a jar, or for SPARK a .py too; a file of this machine, or such as "
                   "hdfs:///app.jar, local:///opt/app.jar")
      ->required();
  command->add_option("--main", options->main, "Main class, if the jar does not name it");
  command->add_option("--conf", options->settings, "KEY=VALUE, for Spark; may be repeated");
  command->add_option("--name", options->name, "Label of the job; default: the file's name");
  command->add_flag("--terminate", options->terminates, "Terminate the cluster at its end");
  add_wait_options(*command, options->wait);
  add_data_option(*command, options->data);
  command->callback([&choice, options] {
    choice.action = [&choice, options](Session& session) {
      return run(session, *options, choice.trailing);
    };
  });
  set_examples(
      *command,
      {"tusker job run wordcount --jar app.jar --wait -- /in /out",
       "tusker job run wordcount --type spark --file report.py -- 2026-11",
       "tusker job run wordcount --jar "
       "local:///opt/tusker/hadoop/share/hadoop-mapreduce-examples.jar --main pi -- 4 100"});
}

// ---- list

struct ListOptions {
  std::string data;
  std::string cluster;
  OutputForm form = OutputForm::Table;
};

Status list(Session& session, const ListOptions& options) {
  TK_TRY(const ApiClient client, session.client(options.data));
  std::string cluster;
  if (!options.cluster.empty()) {
    TK_TRY(cluster, find_cluster_id(client, options.cluster));
  }
  TK_TRY(const json::array objects, list_job_objects(client, cluster));
  if (options.form == OutputForm::Json) {
    session.console.answer(pretty_json(objects));
    return ok_status();
  }
  std::vector<JobView> jobs;
  for (const json::value& object : objects) {
    if (object.is_object()) jobs.push_back(read_job(object.get_object()));
  }
  if (jobs.empty()) {
    session.console.note("There is no job. Run one with: tusker job run CLUSTER --jar FILE\n");
    return ok_status();
  }
  session.console.answer(render_jobs(jobs, session.console));
  return ok_status();
}

void add_list(CLI::App& job, Choice& choice) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* command = job.add_subcommand("list", "List jobs, the newest first; at most 200");
  command->add_option("CLUSTER", options->cluster, "Name or id of a cluster; without it, of all");
  add_data_option(*command, options->data);
  add_output_option(*command, options->form);
  command->callback([&choice, options] {
    choice.action = [options](Session& session) {
      return report(session, list(session, *options));
    };
  });
  set_examples(*command, {"tusker job list", "tusker job list wordcount -o json"});
}

// ---- of one job

struct JobOptions {
  std::string data;
  std::int64_t id = 0;
  std::int64_t step = 0;  // from 1; 0: the one that runs, or ran last
  std::int64_t lines = 1000;
  bool follow = false;
  OutputForm form = OutputForm::Table;
  WaitFlags wait{.wait = true};
};

int show(Session& session, const JobOptions& options) {
  const auto shown = [&]() -> Status {
    TK_TRY(const ApiClient client, session.client(options.data));
    if (options.form == OutputForm::Json) {
      TK_TRY(const json::object answer, client.call("DescribeJobs", {{"JobFlowId", options.id}}));
      session.console.answer(pretty_json(array_at(answer, "Jobs")));
      return ok_status();
    }
    TK_TRY(const JobView job, load_job(client, options.id));
    session.console.answer(render_job(job));
    return ok_status();
  };
  return report(session, shown());
}

int cancel(Session& session, const JobOptions& options) {
  const auto cancelled = [&]() -> Status {
    TK_TRY(const ApiClient client, session.client(options.data));
    TK_TRY(const json::object answer, client.call("CancelJob", {{"JobFlowId", options.id}}));
    session.console.note(fmt::format(
        "Cancelling job {0}: what runs of it is ended. See it with: tusker job show {0}\n",
        options.id));
    return ok_status();
  };
  return report(session, cancelled());
}

int wait(Session& session, const JobOptions& options) {
  const Result<ApiClient> client = session.client(options.data);
  if (!client.ok()) return report(session, client.error());
  const Result<JobView> job = wait_for_job(session, *client, options.id, options.wait);
  if (!job.ok()) return report(session, job.error());
  session.console.note(render_job_end(*job));
  return job->succeeded() ? kDone : kFailed;
}

// The step whose log is meant.
Result<JobView::Step> step_of(const JobView& job, std::int64_t number) {
  const auto count = std::ssize(job.steps);
  if (number > count) return Error::make(ErrorCode::NotFound, "job {} has {} steps", job.id, count);
  std::int64_t at = number;
  for (std::ptrdiff_t i = 0; number == 0 && i < count; ++i) {
    if (!job.steps[static_cast<std::size_t>(i)].log.empty()) at = i + 1;
  }
  if (at > 0 && !job.steps[static_cast<std::size_t>(at - 1)].log.empty())
    return job.steps[static_cast<std::size_t>(at - 1)];
  return Error::make(ErrorCode::FailedPrecondition,
                     "{} of job {} has not run: {}",
                     number == 0 ? "no step" : fmt::format("step {}", number),
                     job.id,
                     short_state(job));
}

int logs(Session& session, const JobOptions& options) {
  const Result<ApiClient> client = session.client(options.data);
  if (!client.ok()) return report(session, client.error());
  const Result<JobView> job = load_job(*client, options.id);
  if (!job.ok()) return report(session, job.error());
  const Result<JobView::Step> step = step_of(*job, options.step);
  if (!step.ok()) return report(session, step.error());
  const Result<RunEnd> end = print_role_log(client->access(),
                                            {.cluster_id = job->cluster_id,
                                             .node = step->node_id,
                                             .role = step->log,
                                             .lines = options.lines,
                                             .follow = options.follow});
  if (!end.ok()) return report(session, end.error());
  if (end->failure.empty()) return end->exit_code;
  session.console.error(printable(end->failure));
  return kFailed;
}

CLI::App* add_one(CLI::App& job,
                  Choice& choice,
                  const char* name,
                  const char* description,
                  const std::shared_ptr<JobOptions>& options,
                  int (*action)(Session&, const JobOptions&)) {
  CLI::App* command = job.add_subcommand(name, description);
  command->add_option("ID", options->id, "Number of the job")
      ->required()
      ->check(CLI::PositiveNumber);
  add_data_option(*command, options->data);
  command->callback([&choice, options, action] { choose(choice, options, action); });
  return command;
}

}  // namespace

void add_job(CLI::App& root, Choice& choice) {
  CLI::App* job = root.add_subcommand("job", "Run programs on clusters as jobs, and follow them");
  job->require_subcommand(0, 1);
  add_run_job(*job, choice);
  add_list(*job, choice);

  auto options = std::make_shared<JobOptions>();
  CLI::App* command = add_one(
      *job, choice, "show", "Show a job: its steps, applications, why one failed", options, show);
  add_output_option(*command, options->form);
  set_examples(*command, {"tusker job show 3", "tusker job show 3 -o json"});

  options = std::make_shared<JobOptions>();
  command = add_one(*job, choice, "logs", "Print what a job's step has written", options, logs);
  command->add_option("--step", options->step, "Which step, from 1; default: the newest that runs")
      ->check(CLI::PositiveNumber);
  command->add_flag("--follow,-f", options->follow, "Go on with what it writes, until Ctrl-C");
  command->add_option("--lines,-n", options->lines, "How many of the last lines come first")
      ->type_name("COUNT")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1000000}))
      ->capture_default_str();
  set_examples(*command, {"tusker job logs 3", "tusker job logs 3 --step 2 -f"});

  options = std::make_shared<JobOptions>();
  command = add_one(*job, choice, "wait", "Wait until a job has ended", options, wait);
  command->add_option("--timeout", options->wait.timeout_s, "Seconds to wait at most")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  set_examples(*command, {"tusker job wait 3"});

  options = std::make_shared<JobOptions>();
  command = add_one(
      *job, choice, "cancel", "End what runs of a job, with its applications", options, cancel);
  set_examples(*command, {"tusker job cancel 3"});
  set_examples(*job,
               {"tusker job run wordcount --jar app.jar -- /in /out", "tusker job logs 3 -f"});
}

}  // namespace tusker::cli
