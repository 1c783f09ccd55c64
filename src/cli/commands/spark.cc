#include <CLI/CLI.hpp>

#include "cli/commands/commands.h"
#include "cli/options.h"
#include "cli/run_program.h"

namespace tusker::cli {

namespace {

struct SparkOptions {
  std::string data;
  std::string cluster;
  std::string node = "master-1";
  std::string user = "tusker";
  std::string statements;
};

int run_spark(Session& session, const SparkOptions& options, std::vector<std::string> argv) {
  return run_program(
      session,
      options.data,
      options.cluster,
      "spark",
      {.cluster_id = "", .node = options.node, .user = options.user, .argv = std::move(argv)});
}

void add_common(CLI::App& command, SparkOptions& options) {
  command.add_option("NAME", options.cluster, "Name or id of the cluster")->required();
  command.add_option("--node", options.node, "Node, by name or id")->capture_default_str();
  command.add_option("--user", options.user, "User in the node")->capture_default_str();
  add_data_option(command, options.data);
}

void append(std::vector<std::string>& argv, const std::vector<std::string>& more) {
  argv.insert(argv.end(), more.begin(), more.end());
}

}  // namespace

void add_sql(CLI::App& root, Choice& choice) {
  auto options = std::make_shared<SparkOptions>();
  CLI::App* command = root.add_subcommand("sql",
                                          "Ask a cluster with Spark in SQL; without -e at a "
                                          "prompt, or from standard input. What follows "
                                          "-- goes to spark-sql");
  add_common(*command, *options);
  CLI::Option* given = command->add_option(
      "-e,--execute", options->statements, "Statements, separated by semicolons");
  command->callback([&choice, options, given] {
    const bool has_statements = given->count() > 0;
    choice.action = [&choice, options, has_statements](Session& session) {
      std::vector<std::string> argv = {"spark-sql"};
      append(argv, choice.trailing);
      if (has_statements) append(argv, {"-e", options->statements});
      return run_spark(session, *options, std::move(argv));
    };
  });
  set_examples(*command,
               {"tusker sql tables -e 'show tables'",
                "tusker sql tables",
                "tusker sql tables < statements.sql",
                "tusker sql tables -e 'select 1' -- --conf spark.executor.memory=2g"});
}

void add_pyspark(CLI::App& root, Choice& choice) {
  auto options = std::make_shared<SparkOptions>();
  CLI::App* command =
      root.add_subcommand("pyspark",
                          "Python with a Spark session at a cluster, at a prompt or from standard "
                          "input. What follows -- goes to pyspark");
  add_common(*command, *options);
  command->callback([&choice, options] {
    choice.action = [&choice, options](Session& session) {
      std::vector<std::string> argv = {"pyspark"};
      // Python makes the session for a prompt only, and without a terminal it has to be told so.
      if (!session.console.traits().in_is_terminal)
        argv = {"env", "PYSPARK_DRIVER_PYTHON_OPTS=-i", "pyspark"};
      append(argv, choice.trailing);
      return run_spark(session, *options, std::move(argv));
    };
  });
  set_examples(*command,
               {"tusker pyspark tables",
                "tusker pyspark tables < statements.py",
                "tusker pyspark tables -- --executor-memory 2g"});
}

}  // namespace tusker::cli
