#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <optional>

#include "base/file.h"
#include "cli/commands/commands.h"
#include "cli/env_lines.h"
#include "cli/json_text.h"
#include "cli/options.h"
#include "cli/table.h"
#include "cli/words.h"

namespace tusker::cli {

namespace json = boost::json;

namespace {

// ---- create

struct CreateKeyOptions {
  std::string data;
  std::string name;
  std::string file;
  bool read_only = false;
  OutputForm form = OutputForm::Table;
};

// A file for a secret, which nobody else reads and which was not there before. Without keep() it is
// gone again, so that no failure leaves an empty one.
class SecretFile final {
 public:
  static Result<SecretFile> create(const std::string& path) {
    UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (file) return SecretFile(path, std::move(file));
    if (errno == EEXIST) {
      return Error::make(ErrorCode::AlreadyExists,
                         "{} is there already, and may hold a key that nobody could make again; "
                         "name another file, or remove it",
                         path);
    }
    return Error::from_errno(errno, path);
  }
  SecretFile(SecretFile&&) noexcept = default;
  SecretFile& operator=(SecretFile&&) = delete;
  ~SecretFile() {
    if (file_) ::unlink(path_.c_str());
  }

  Status keep(std::string_view content) {
    TK_TRY_VOID(write_all(file_.get(), content, path_));
    if (::fsync(file_.get()) != 0) return Error::from_errno(errno, path_);
    file_.reset();
    return ok_status();
  }

 private:
  SecretFile(std::string path, UniqueFd file) : path_(std::move(path)), file_(std::move(file)) {}
  std::string path_;
  UniqueFd file_;
};

std::string shown_key(const Access& access, const CreateKeyOptions& options) {
  if (options.form == OutputForm::Table) return own_env_lines(access);
  return pretty_json(json::object{
      {"Name", options.name}, {"SecretId", access.secret_id}, {"SecretKey", access.secret_key}});
}

// The secret came once: what cannot be kept is no use to anybody.
Error not_kept(const ApiClient& client, const std::string& secret_id, Error error) {
  const bool deleted = client.call("DeleteKey", {{"SecretId", secret_id}}).ok();
  return std::move(error).context(
      "the new key {} {}",
      secret_id,
      deleted ? "was deleted again" : "is lost, delete it with tusker key delete");
}

Status create(Session& session, const CreateKeyOptions& options) {
  TK_TRY(const ApiClient client, session.client(options.data));
  // Before the key: one whose secret has no place to go is not made.
  std::optional<SecretFile> file;
  if (!options.file.empty()) {
    TK_TRY(SecretFile made, SecretFile::create(options.file));
    file.emplace(std::move(made));
  }
  TK_TRY(const json::object answer,
         client.call("CreateKey", {{"Name", options.name}, {"ReadOnly", options.read_only}}));
  Access access = client.access();
  access.secret_id = printable(text_at(answer, "SecretId"));
  access.secret_key = printable(text_at(answer, "SecretKey"));
  const std::string shown = shown_key(access, options);
  const char* const may =
      options.read_only ? "may look at everything and change nothing" : "may do everything";
  if (!file) {
    session.console.answer(shown);
    session.console.note(
        fmt::format("Key {} {}. Keep its secret now: it is shown once.\n", access.secret_id, may));
    return ok_status();
  }
  if (Status kept = file->keep(shown); !kept.ok())
    return not_kept(client, access.secret_id, std::move(kept).error());
  session.console.note(
      fmt::format("Key {} {}. It is in {}.\n", access.secret_id, may, options.file));
  return ok_status();
}

void add_create_key(CLI::App& key, Choice& choice) {
  auto options = std::make_shared<CreateKeyOptions>();
  CLI::App* command = key.add_subcommand(
      "create", "Make a key and print it, once, as export lines for a shell to read");
  command->add_option("NAME", options->name, "A label: letters, digits and . _ @ -")->required();
  command->add_flag("--read-only",
                    options->read_only,
                    "It may look at everything, change nothing, and open no shell or log");
  command
      ->add_option("--to",
                   options->file,
                   "Write it to this file, which only you can read and which must not exist yet")
      ->type_name("FILE");
  add_data_option(*command, options->data);
  add_output_option(*command, options->form);
  command->callback([&choice, options] {
    choice.action = [options](Session& session) {
      return report(session, create(session, *options));
    };
  });
  set_examples(*command,
               {"tusker key create ci --to ci.env && . ./ci.env",
                "tusker key create grafana --read-only",
                "tusker key create ci -o json"});
}

// ---- list

struct ListKeysOptions {
  std::string data;
  OutputForm form = OutputForm::Table;
};

// The API's word for never.
std::string time_at(const json::object& key, std::string_view name) {
  const std::string time = text_at(key, name);
  return time.starts_with("0000") ? "never" : time;
}

Status list(Session& session, const ListKeysOptions& options) {
  TK_TRY(const ApiClient client, session.client(options.data));
  TK_TRY(const json::object answer, client.call("DescribeKeys", {}));
  const json::array& keys = array_at(answer, "Keys");
  if (options.form == OutputForm::Json) {
    session.console.answer(pretty_json(keys));
    return ok_status();
  }
  Table table({"ID", "NAME", "PERMISSION", "CREATED", "LAST USED"});
  for (const json::value& entry : keys) {
    if (!entry.is_object()) continue;
    const json::object& key = entry.get_object();
    table.add_row({text_at(key, "SecretId"),
                   text_at(key, "Name"),
                   text_at(key, "Permission"),
                   text_at(key, "CreateTime"),
                   time_at(key, "LastUsedTime")});
  }
  session.console.answer(table.render_for(session.console));
  return ok_status();
}

void add_list_keys(CLI::App& key, Choice& choice) {
  auto options = std::make_shared<ListKeysOptions>();
  CLI::App* command = key.add_subcommand(
      "list", "List keys: what they may do, and when they were used, to the hour; no secrets");
  add_data_option(*command, options->data);
  add_output_option(*command, options->form);
  command->callback([&choice, options] {
    choice.action = [options](Session& session) {
      return report(session, list(session, *options));
    };
  });
  set_examples(*command, {"tusker key list", "tusker key list -o json"});
}

// ---- delete

struct DeleteKeyOptions {
  std::string data;
  std::string id;
};

Status remove(Session& session, const DeleteKeyOptions& options) {
  TK_TRY(const ApiClient client, session.client(options.data));
  TK_TRY(const json::object answer, client.call("DeleteKey", {{"SecretId", options.id}}));
  session.console.note(
      fmt::format("Key {} is deleted: it signs nothing any more, and what was open with it is "
                  "closed.\n",
                  printable(options.id)));
  return ok_status();
}

void add_delete_key(CLI::App& key, Choice& choice) {
  auto options = std::make_shared<DeleteKeyOptions>();
  CLI::App* command = key.add_subcommand(
      "delete", "Delete a key at once, for open connections too; never the root key");
  command->add_option("ID", options->id, "Its SecretId, which key list shows")->required();
  add_data_option(*command, options->data);
  command->callback([&choice, options] {
    choice.action = [options](Session& session) {
      return report(session, remove(session, *options));
    };
  });
  set_examples(*command, {"tusker key delete AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE"});
}

}  // namespace

void add_key(CLI::App& root, Choice& choice) {
  CLI::App* key = root.add_subcommand("key", "Make, list and delete keys of the API");
  key->require_subcommand(0, 1);
  add_create_key(*key, choice);
  add_list_keys(*key, choice);
  add_delete_key(*key, choice);
  set_examples(*key, {"tusker key create ci --to ci.env", "tusker key list"});
}

}  // namespace tusker::cli
