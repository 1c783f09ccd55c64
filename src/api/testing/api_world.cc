#include "api/testing/api_world.h"

#include <boost/json.hpp>

#include "api/action.h"
#include "base/encoding.h"
#include "control/node_updates.h"

namespace tusker::api {
namespace {

link::HostFacts big_host() {
  link::HostFacts facts;
  facts.set_hostname("desk");
  facts.set_cpus(16);
  facts.set_memory_bytes(std::uint64_t{256} << 30);
  facts.set_disk_total_bytes(std::uint64_t{4000} << 30);
  facts.set_disk_free_bytes(std::uint64_t{3900} << 30);
  facts.set_cgroup_version(1);
  facts.set_architecture("x86_64");
  return facts;
}

store::Bundle bundle(store::Bundle::Kind kind, std::string_view name, std::string_view version) {
  store::Bundle row;
  row.set_digest("sha256:" + sha256_hex(name));
  row.set_kind(kind);
  row.set_name(std::string(name));
  row.set_version(std::string(version));
  row.set_size(1 << 20);
  row.set_added_wall_ms(1767225600000);
  return row;
}

}  // namespace

// The agent's end of a link: keeps what it is told.
class ApiWorld::Link final : public AgentLink {
 public:
  explicit Link(link::Desired& desired) : desired_(desired) {}
  void send(const link::ServerFrame& frame) override {
    if (frame.has_desired()) desired_ = frame.desired();
  }
  void close(std::string_view) override {}

 private:
  link::Desired& desired_;
};

void RawRequest::set(std::string_view name, std::string value) {
  drop(name);
  headers.emplace_back(name, std::move(value));
}

void RawRequest::drop(std::string_view name) {
  std::erase_if(headers, [&](const auto& header) { return header.first == name; });
}

std::string_view version_of(std::string_view action) {
  return find_action(action, "2026-11-01") != nullptr ? "2026-11-01" : "2019-01-03";
}

ApiWorld::ApiWorld(ApiOptions options) : definitions(built_in_definitions().value()) {
  Startup startup = start_installation(model, {}, sealer, random, clock.wall()).value();
  key = startup.root_key;
  journal.commit(std::move(startup.change));
  controller = std::make_unique<Controller>(Controller::Parts{model,
                                                              journal,
                                                              store,
                                                              clock,
                                                              random,
                                                              timers,
                                                              sealer,
                                                              Log::none(),
                                                              rules_of(definitions),
                                                              "test"});
  controller->start();
  add_bundles();
  connect_host();
  api = std::make_unique<ApiService>(Services{model,
                                              *controller,
                                              journal,
                                              store,
                                              definitions,
                                              clock,
                                              random,
                                              sealer,
                                              Log::none(),
                                              page_access},
                                     std::move(options));
}

ApiWorld::~ApiWorld() = default;

void ApiWorld::add_bundles() {
  Change change;
  store::Bundle image = bundle(store::Bundle::IMAGE, "node-image", "12");
  (*image.mutable_facts())["arch"] = "amd64";
  store::Bundle hadoop = bundle(store::Bundle::COMPONENT, "hadoop", "3.5.0");
  (*hadoop.mutable_facts())["class_path"] = "/opt/tusker/hadoop/lib/a.jar";
  store::Bundle zookeeper = bundle(store::Bundle::COMPONENT, "zookeeper", "3.9.5");
  (*zookeeper.mutable_facts())["class_path"] = "/opt/tusker/zookeeper/lib/a.jar";
  change.put(std::move(image));
  change.put(std::move(hadoop));
  change.put(std::move(zookeeper));
  journal.commit(std::move(change));
}

void ApiWorld::connect_host() {
  host = make_host_id(random);
  const store::Host row = controller->join_host(host, {"desk", "01", big_host()}).value();
  connection_ = controller->agent_connected(host, std::make_unique<Link>(desired_)).value();
  link::AgentFrame hello;
  hello.mutable_hello()->set_protocol(1);
  hello.mutable_hello()->set_host_id(row.id());
  *hello.mutable_hello()->mutable_facts() = big_host();
  controller->agent_frame(connection_, hello);
  link::AgentFrame observed;
  *observed.mutable_observed()->mutable_facts() = big_host();
  controller->agent_frame(connection_, observed);
}

void ApiWorld::finish_flow(const std::string& cluster_id) {
  store::Cluster row = *model.cluster(cluster_id);
  store::Flow flow = *model.flow(FlowId{row.flow_id()});
  flow.set_outcome(store::Flow::DONE);
  row.set_state(store::Cluster::RUNNING);
  row.set_flow_running(false);
  Change change;
  change.put(std::move(row));
  change.put(std::move(flow));
  journal.commit(std::move(change));
}

void ApiWorld::report_nodes(const std::vector<link::NodeStatus>& nodes) {
  link::AgentFrame frame;
  *frame.mutable_observed()->mutable_seen() = desired_.generation();
  *frame.mutable_observed()->mutable_facts() = big_host();
  for (const link::NodeStatus& node : nodes) *frame.mutable_observed()->add_nodes() = node;
  controller->agent_frame(connection_, frame);
}

void ApiWorld::report_kept_logs(const std::vector<link::KeptLogs>& kept) {
  link::AgentFrame frame;
  *frame.mutable_observed()->mutable_seen() = desired_.generation();
  *frame.mutable_observed()->mutable_removed() = desired_.removed();
  *frame.mutable_observed()->mutable_facts() = big_host();
  for (const link::KeptLogs& logs : kept) *frame.mutable_observed()->add_kept_logs() = logs;
  controller->agent_frame(connection_, frame);
}

void ApiWorld::report_orphans(const std::vector<link::Orphan>& orphans) {
  link::AgentFrame frame;
  *frame.mutable_observed()->mutable_seen() = desired_.generation();
  *frame.mutable_observed()->mutable_facts() = big_host();
  for (const link::Orphan& orphan : orphans) {
    frame.mutable_observed()->add_orphans(orphan.node_id());
    *frame.mutable_observed()->add_orphan_facts() = orphan;
  }
  controller->agent_frame(connection_, frame);
}

void ApiWorld::report_removed() {
  link::AgentFrame frame;
  *frame.mutable_observed()->mutable_seen() = desired_.generation();
  *frame.mutable_observed()->mutable_removed() = desired_.removed();
  *frame.mutable_observed()->mutable_facts() = big_host();
  controller->agent_frame(connection_, frame);
}

void ApiWorld::report_running(const NodeChange& change) {
  std::uint64_t told = 0;
  do {  // it is told more once it has answered, and what is durable
    told = desired_.generation().commit();
    controller->agent_frame(connection_, running(change));
    store.write_all();
    store.tell();
  } while (desired_.generation().commit() != told);
}

link::AgentFrame ApiWorld::running(const NodeChange& change) const {
  link::AgentFrame frame;
  link::Observed& observed = *frame.mutable_observed();
  *observed.mutable_seen() = desired_.generation();
  *observed.mutable_facts() = big_host();
  for (const link::Node& wanted : desired_.nodes()) {
    link::NodeStatus& node = *observed.add_nodes();
    node.set_id(wanted.id());
    node.set_state(link::NodeStatus::RUNNING);
    node.set_files_digest(files_digest(*model.node(wanted.id())));
    for (const link::Role& role : wanted.roles()) {
      link::RoleStatus& status = *node.add_roles();
      status.set_name(role.name());
      status.set_state(link::RoleStatus::READY);
      status.set_restart_serial(role.restart_serial());
      status.set_reloaded(role.reload().tag());
    }
    change(node);
  }
  return frame;
}

void ApiWorld::disconnect_host() {
  controller->agent_closed(connection_);
}

RawRequest ApiWorld::signed_request(std::string_view action, std::string_view json) const {
  RawRequest request;
  request.body = json;
  request.set("Host", "127.0.0.1:8080");
  request.set("Content-Type", "application/json");
  request.set("X-TC-Action", std::string(action));
  request.set("X-TC-Version", std::string(version_of(action)));
  request.set("X-TC-Region", "ap-guangzhou");
  sign(request);
  return request;
}

void ApiWorld::sign(RawRequest& request) const {
  std::vector<Header> headers;
  for (const auto& [name, value] : request.headers) headers.push_back({name, value});
  const Tc3Headers made = sign_tc3({key.secret_id, key.secret_key},
                                   {.method = request.method,
                                    .host = find_header(headers, "Host"),
                                    .content_type = find_header(headers, "Content-Type"),
                                    .query = request.query,
                                    .body = request.body,
                                    .now = clock.wall()});
  request.set("Authorization", made.authorization);
  request.set("X-TC-Timestamp", made.timestamp);
}

Answered ApiWorld::send(const RawRequest& request) {
  std::vector<Header> headers;
  for (const auto& [name, value] : request.headers) headers.push_back({name, value});
  Answered answered;
  int answers = 0;
  api->handle({request.method, request.path, request.query, headers, request.body, "127.0.0.1"},
              [&](ApiReply reply) {
                answered.reply = std::move(reply);
                ++answers;
              });
  TK_CHECK(answers == 1, "{} answers", answers);
  const boost::json::value body = boost::json::parse(answered.reply.body);
  const boost::json::object& response = body.at("Response").as_object();
  TK_CHECK(is_uuid(std::string(response.at("RequestId").as_string())),
           "no RequestId in {}",
           answered.reply.body);
  if (const boost::json::value* error = response.if_contains("Error")) {
    answered.code = error->at("Code").as_string();
    answered.message = error->at("Message").as_string();
  }
  return answered;
}

std::string ApiWorld::create_body(std::string_view name, std::string_view more) {
  return fmt::format(
      R"({{"ProductId": 500, "Software": ["hdfs-3.5.0", "yarn-3.5.0"], "SupportHA": 0, "InstanceName": "{}", "PayMode": 0,
      "TimeSpan": 3600, "TimeUnit": "s", "LoginSettings": {{"Password": "Passw0rd!"}},
      "VPCSettings": {{"VpcId": "vpc-11111111", "SubnetId": "subnet-22222222"}}, "SgId": "sg-33333333",
      "Placement": {{"Zone": "ap-guangzhou-3"}}, "ResourceSpec": {{"MasterCount": 1, "CoreCount": 2,
      "MasterResourceSpec": {{"Spec": "CVM.S6", "StorageType": 5, "DiskType": "CLOUD_PREMIUM", "MemSize": 2048, "Cpu": 1,
        "DiskSize": 8, "RootSize": 50}},
      "CoreResourceSpec": {{"Spec": "CVM.S6", "StorageType": 5, "DiskType": "CLOUD_SSD", "MemSize": 2048, "Cpu": 2,
        "DiskSize": 8, "RootSize": 50, "MultiDisks": [{{"DiskType": "CLOUD_SSD", "Volume": 8, "Count": 1}}]}}}}{}}})",
      name,
      more);
}

std::string ApiWorld::create(std::string_view name, std::string_view more) {
  const Answered answered = call("CreateInstance", create_body(name, more));
  TK_CHECK(answered.code.empty(), "{}: {}", answered.code, answered.message);
  const boost::json::value body = boost::json::parse(answered.reply.body);
  return std::string(body.at("Response").at("InstanceId").as_string());
}

std::vector<std::string> ApiWorld::operations() {
  store.write_all();
  std::vector<std::string> texts;
  HistoryQuery query;
  query.topic = HistoryTopic::Operation;
  store.read_history(query, [&](Result<std::vector<HistoryRow>> rows) {
    for (const HistoryRow& row : rows.value()) {
      store::Event event;
      event.ParseFromString(row.entry.bytes);
      texts.push_back(event.text());
    }
  });
  return texts;
}

}  // namespace tusker::api
