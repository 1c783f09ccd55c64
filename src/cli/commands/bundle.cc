#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "cli/bundle_build.h"
#include "cli/bundle_transfer.h"
#include "cli/commands/commands.h"
#include "cli/json_text.h"
#include "cli/options.h"
#include "cli/table.h"
#include "cli/words.h"

namespace tusker::cli {

namespace json = boost::json;

namespace {

int build(Session& session, const BundleBuildFlags& flags) {
  return build_bundles(session.console, session.clock, session.processes, flags);
}

int write_file(Session& session, const BundleTransferFlags& flags) {
  return export_bundle_file(session.console, session.clock, flags);
}

int read_file(Session& session, const BundleTransferFlags& flags) {
  return import_bundle_file(session.console, session.clock, flags);
}

struct ListOptions {
  std::string data;
  OutputForm form = OutputForm::Table;
};

Status list(Session& session, const ListOptions& options) {
  TK_TRY(const ApiClient client, session.client(options.data));
  TK_TRY(const json::object answer, client.call("DescribeBundles", {}));
  if (options.form == OutputForm::Json) {
    session.console.answer(pretty_json(array_at(answer, "Bundles")));
    return ok_status();
  }
  Table table({"NAME", "VERSION", "KIND", "SIZE", "ADDED", "DIGEST"});
  for (const json::value& entry : array_at(answer, "Bundles")) {
    if (!entry.is_object()) continue;
    const json::object& bundle = entry.get_object();
    table.add_row({text_at(bundle, "Name"),
                   text_at(bundle, "Version"),
                   text_at(bundle, "Kind"),
                   bytes_text(static_cast<std::uint64_t>(
                       std::max<std::int64_t>(0, integer_at(bundle, "Size")))),
                   text_at(bundle, "AddTime"),
                   text_at(bundle, "Digest")});
  }
  if (table.empty()) {
    session.console.note("There are no bundles yet. Build them with: sudo tusker bundle build\n");
    return ok_status();
  }
  session.console.answer(table.render());
  return ok_status();
}

// --blobs DIR
void add_blobs_option(CLI::App& command, std::string& blobs, const std::string& what) {
  command.add_option("--blobs", blobs, what + "; without it the server's, in --data")
      ->type_name("DIR");
}

void add_build(CLI::App& bundle, Choice& choice) {
  auto flags = std::make_shared<BundleBuildFlags>();
  CLI::App* command =
      bundle.add_subcommand("build", "Fetch and pack what nodes run: image, jars, archive");
  command->add_option("NAME", flags->names, "Which; without a name all that are missing");
  command->add_flag("--again", flags->again, "Build also what is there already");
  command->add_flag("--dry-run", flags->dry_run, "Only say what would be fetched, and how much");
  add_blobs_option(*command, flags->blobs, "Folder to put them into");
  add_data_option(*command, flags->data);
  command->callback([&choice, flags] { choose(choice, flags, build); });
  set_examples(*command, {"sudo tusker bundle build", "tusker bundle build --dry-run"});
}

void add_export(CLI::App& bundle, Choice& choice) {
  auto flags = std::make_shared<BundleTransferFlags>();
  CLI::App* command = bundle.add_subcommand(
      "export", "Write what nodes run into a tar file, for machines that reach no registry");
  command->add_option("FILE", flags->file, "Where to; '-' for standard output")->required();
  command->add_option("NAME", flags->names, "Which components, with the image; without a name all");
  add_blobs_option(*command, flags->blobs, "Folder to take them from");
  add_data_option(*command, flags->data);
  command->callback([&choice, flags] { choose(choice, flags, write_file); });
  set_examples(*command,
               {"sudo tusker bundle export tusker-bundles.tar",
                "sudo tusker bundle export hadoop.tar hadoop",
                "sudo tusker bundle export - | ssh other sudo tusker bundle import -"});
}

void add_import(CLI::App& bundle, Choice& choice) {
  auto flags = std::make_shared<BundleTransferFlags>();
  CLI::App* command = bundle.add_subcommand(
      "import", "Take in what 'tusker bundle export' wrote; new clusters then run it");
  command->add_option("FILE", flags->file, "The tar file; '-' for standard input")->required();
  add_blobs_option(*command, flags->blobs, "Folder to put them into");
  add_data_option(*command, flags->data);
  command->callback([&choice, flags] { choose(choice, flags, read_file); });
  set_examples(*command,
               {"sudo tusker bundle import tusker-bundles.tar",
                "sudo tusker bundle export - | ssh other sudo tusker bundle import -"});
}

void add_list(CLI::App& bundle, Choice& choice) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* command = bundle.add_subcommand("list", "List the bundles that the server has");
  add_data_option(*command, options->data);
  add_output_option(*command, options->form);
  command->callback([&choice, options] {
    choice.action = [options](Session& session) {
      return report(session, list(session, *options));
    };
  });
  set_examples(*command, {"tusker bundle list"});
}

}  // namespace

void add_bundle(CLI::App& root, Choice& choice) {
  CLI::App* bundle = root.add_subcommand("bundle", "Build, move and list what nodes run");
  bundle->require_subcommand(0, 1);
  add_build(*bundle, choice);
  add_export(*bundle, choice);
  add_import(*bundle, choice);
  add_list(*bundle, choice);
  set_examples(*bundle, {"sudo tusker bundle build", "tusker bundle list"});
}

}  // namespace tusker::cli
