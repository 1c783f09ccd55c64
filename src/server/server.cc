#include "server/server.h"

#include <csignal>
#include <memory>

#include "api/service.h"
#include "base/file.h"
#include "base/process.h"
#include "base/random.h"
#include "base/sealed.h"
#include "control/controller.h"
#include "control/installation.h"
#include "control/journal.h"
#include "model/model.h"
#include "net/event_loop.h"
#include "net/http_server.h"
#include "pages/page_access.h"
#include "plan/definitions.h"
#include "server/agents_endpoint.h"
#include "server/api_endpoint.h"
#include "server/authority.h"
#include "server/bundle_registry.h"
#include "server/endpoint_file.h"
#include "server/loop_timers.h"
#include "server/metadata_copies.h"
#include "server/metrics.h"
#include "server/pages_endpoint.h"
#include "server/privileges.h"
#include "server/stream_relay.h"
#include "server/token_file.h"
#include "server/version.h"
#include "store/sqlite_store.h"

namespace tusker::server {

namespace {

constexpr std::chrono::seconds kStopLimit{5};

// All of a running server, in the order of construction; destroyed in the reverse.
class Server {
 public:
  Server(const ServerOptions& options, Log log)
      : options_(options), log_(std::move(log)), folder_(options.data + "/server") {}

  Status start();
  void run() { loop_.run(); }

 private:
  Status open_state();
  Status write_root_key(const RootKey& key) const;
  Status listen();
  void stop();

  const ServerOptions& options_;
  Log log_;
  std::string folder_;
  EventLoop loop_;
  SystemRandom random_;
  LoopTimers timers_{loop_};
  std::optional<Sealer> sealer_;
  std::optional<Definitions> definitions_;
  Model model_;
  std::unique_ptr<Store> store_;
  std::optional<Journal> journal_;
  std::optional<Controller> controller_;
  std::optional<Authority> authority_;
  std::optional<BundleRegistry> bundles_;
  std::optional<StreamRelay> streams_;
  std::optional<MetadataCopies> metadata_copies_;
  std::optional<PageAccess> page_access_;
  std::optional<PagesEndpoint> pages_endpoint_;
  std::optional<api::ApiService> api_;
  std::unique_ptr<ApiEndpoint> api_endpoint_;
  std::unique_ptr<AgentsEndpoint> agents_endpoint_;
  std::unique_ptr<HttpServer> api_server_;
  std::unique_ptr<HttpServer> agents_server_;
};

Status Server::start() {
  TK_TRY(Definitions definitions, built_in_definitions());
  definitions_ = std::move(definitions);
  TK_TRY(Sealer sealer, Sealer::from_key_file(folder_ + "/seal.key", random_));
  sealer_.emplace(std::move(sealer));
  TK_TRY_VOID(open_state());
  TK_TRY(Authority authority,
         Authority::open({folder_ + "/ca", folder_ + "/join-token"},
                         model_.installation().id(),
                         loop_.wall(),
                         random_));
  authority_.emplace(std::move(authority));
  bundles_.emplace(folder_ + "/blobs", model_, *journal_, loop_, log_);
  streams_.emplace(loop_, *controller_, random_, log_);
  metadata_copies_.emplace(
      MetadataCopies::Parts{loop_, model_, *controller_, *streams_, folder_ + "/metadata", log_});
  page_access_.emplace(model_, loop_, random_);
  pages_endpoint_.emplace(
      PagesEndpoint::Parts{loop_, model_, *definitions_, *streams_, *page_access_, log_});
  api::ApiOptions api_options;
  api_options.rate_limit = options_.rate_limit;
  api_.emplace(api::Services{model_,
                             *controller_,
                             *journal_,
                             *store_,
                             *definitions_,
                             loop_,
                             random_,
                             *sealer_,
                             log_,
                             *page_access_},
               api_options);
  TK_TRY(std::string metrics_token, open_token_file(folder_ + "/metrics-token", "", random_));
  api_endpoint_ = std::make_unique<ApiEndpoint>(ApiEndpoint::Parts{
      *api_,
      *journal_,
      *streams_,
      *pages_endpoint_,
      [this] { return metrics_text(model_, *definitions_, api_->calls(), kVersion, loop_.wall()); },
      std::move(metrics_token)});
  agents_endpoint_ = std::make_unique<AgentsEndpoint>(AgentsEndpoint::Parts{loop_,
                                                                            model_,
                                                                            *journal_,
                                                                            *controller_,
                                                                            *streams_,
                                                                            *authority_,
                                                                            random_,
                                                                            folder_ + "/blobs",
                                                                            log_});
  loop_.on_signal({SIGTERM, SIGINT}, [this](int) { stop(); });
  return listen();
}

Status Server::open_state() {
  SqliteStore::Options store_options{
      .post = [this](std::function<void()> function) { loop_.post(std::move(function)); },
      .clock = loop_,
      .log = log_};
  TK_TRY(store_, SqliteStore::open(folder_, std::move(store_options)));
  TK_TRY(std::vector<RowOp> rows, store_->load());
  TK_TRY_VOID(model_.load(std::move(rows)));
  journal_.emplace(model_, *store_);
  controller_.emplace(Controller::Parts{model_,
                                        *journal_,
                                        *store_,
                                        loop_,
                                        random_,
                                        timers_,
                                        *sealer_,
                                        log_,
                                        rules_of(*definitions_),
                                        std::string(kVersion)});
  TK_TRY(Startup startup, start_installation(model_, {}, *sealer_, random_, loop_.wall()));
  const RootKey root_key = startup.root_key;
  journal_->commit(std::move(startup.change));
  // The key's row is durable before anybody can read the key, and its file is there before the port
  // answers.
  bool durable = false;
  journal_->when_durable(journal_->current(), [&durable] { durable = true; });
  if (!loop_.run_until([&durable] { return durable; }, std::chrono::seconds(30))) {
    return Error(
        ErrorCode::Unavailable,
        "the first commit took longer than 30 s; is the disk that holds the data folder well?");
  }
  TK_TRY_VOID(write_root_key(root_key));
  controller_->start();
  return ok_status();
}

Status Server::write_root_key(const RootKey& key) const {
  // Both are of [A-Za-z0-9], so nothing has to be escaped.
  return write_file_atomic(folder_ + "/root-key.json",
                           fmt::format("{{\n  \"SecretId\": \"{}\",\n  \"SecretKey\": \"{}\"\n}}\n",
                                       key.secret_id,
                                       key.secret_key),
                           0600);
}

Status Server::listen() {
  TK_TRY(const Address api_address, parse_address_port(options_.listen));
  TK_TRY(const Address agents_wish, parse_address_port(options_.agents_listen));
  const Address agents_address = keep_chosen_port(folder_ + "/endpoint", agents_wish);

  HttpServerOptions agents;
  agents.address = agents_address.host;
  agents.port = agents_address.port;
  TK_TRY(agents.tls, authority_->server_context());
  agents.max_connections = 16384;
  TK_TRY(agents_server_,
         HttpServer::listen(loop_, agents, *agents_endpoint_, log_).context("the agents' port"));

  HttpServerOptions api;
  api.address = api_address.host;
  api.port = api_address.port;
  TK_TRY(api_server_,
         HttpServer::listen(loop_, api, *api_endpoint_, log_).context("the API's port (--listen)"));

  TK_TRY_VOID(write_endpoint_file(folder_ + "/endpoint",
                                  {api_address.host, api_server_->port()},
                                  {agents_address.host, agents_server_->port()}));
  log_.info("server.ready",
            {{"version", kVersion},
             {"api", fmt::format("{}:{}", api_address.host, api_server_->port())},
             {"agents", fmt::format("{}:{}", agents_address.host, agents_server_->port())},
             {"clusters", model_.clusters().size()},
             {"hosts", model_.hosts().size()}});
  return ok_status();
}

void Server::stop() {
  log_.info("server.stopping");
  api_server_->stop(kStopLimit, [this] { loop_.stop(); });
}

}  // namespace

Result<int> run(const ServerOptions& options) {
  std::signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();
  const std::string folder = options.data + "/server";
  if (options.run_as) {
    TK_TRY_VOID(own_folder(folder, options.run_as->first, options.run_as->second));
    TK_TRY_VOID(drop_privileges(options.run_as->first, options.run_as->second));
  } else {
    TK_TRY_VOID(ensure_directory(folder, 0700));
  }
  const Log log = options.log_file.empty() ? Log::to_stderr(options.log_level)
                                           : Log::to_file(options.log_file, options.log_level);
  Server server(options, log);
  TK_TRY_VOID(server.start());
  server.run();
  return 0;
}

}  // namespace tusker::server
