#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "base/random.h"
#include "cli/commands/commands.h"
#include "cli/create_parameters.h"
#include "cli/flow_view.h"
#include "cli/interrupt.h"
#include "cli/json_text.h"
#include "cli/node_sizes.h"
#include "cli/options.h"
#include "cli/smoke_test.h"
#include "cli/wait_flow.h"
#include "cli/words.h"
#include "plan/lifetime.h"
#include "plan/profile.h"

namespace tusker::cli {

namespace json = boost::json;

namespace {

constexpr std::int64_t kCores = 2;
constexpr Duration kStepLimit = std::chrono::minutes(10);
constexpr Duration kCreateLimit = std::chrono::minutes(20);
constexpr Duration kTerminateLimit = std::chrono::minutes(10);

struct TestOptions {
  std::string data;
  std::string component;
  std::string release = "EMR-V5.0.0";
  bool keep = false;
};

// One test on a cluster of its own. Ctrl-C ends it like a failure: the cluster goes all the same.
class ComponentTest final {
 public:
  ComponentTest(Session& session,
                const ApiClient& client,
                Interrupt& interrupt,
                const ComponentDefinition& component)
      : session_(session), client_(client), interrupt_(interrupt), component_(component) {}

  Status create(const json::object& parameters);
  Status run_steps();
  // Whatever there is of the cluster goes.
  Status remove();
  bool created() const { return !id_.empty(); }

 private:
  WaitOptions waiting(Duration timeout) {
    return {.timeout = timeout,
            .pause = [this](Duration longest) { return interrupt_.wait(longest); }};
  }
  // False: it came up before it could be taken back.
  Result<bool> take_back_create();
  Status terminate();
  // Why a step is ended from outside.
  std::optional<Error> why_give_up(Time began);

  Session& session_;
  const ApiClient& client_;
  Interrupt& interrupt_;
  const ComponentDefinition& component_;
  std::string id_;
  bool running_ = false;
};

Status ComponentTest::create(const json::object& parameters) {
  TK_TRY(const json::object answer, client_.call("CreateInstance", parameters));
  id_ = printable(text_at(answer, "InstanceId"));
  TK_TRY(const FlowView flow,
         wait_for_flow(client_, session_.console, id_, "CREATE", waiting(kCreateLimit)));
  running_ = flow.succeeded();
  if (running_) return ok_status();
  session_.console.note(render_failure(flow));
  id_.clear();  // nothing of it is left
  return Error::make(ErrorCode::Internal,
                     "the cluster for the test was not created. All of it: tusker flow show {}",
                     flow.id);
}

std::optional<Error> ComponentTest::why_give_up(Time began) {
  if (interrupt_.requested()) return Error(ErrorCode::Cancelled, "interrupted");
  if (session_.clock.now() - began < kStepLimit) return std::nullopt;
  return Error::make(ErrorCode::Internal,
                     "it has not ended within {} minutes",
                     std::chrono::duration_cast<std::chrono::minutes>(kStepLimit).count());
}

Status ComponentTest::run_steps() {
  const RunStep run = [this](const std::vector<std::string>& argv) {
    RunRequest request;
    request.cluster_id = id_;
    request.argv = argv;
    const Time began = session_.clock.now();
    return capture_in_node(client_.access(), request, [this, began] { return why_give_up(began); });
  };
  return run_smoke_test(component_.smoke_test, run, session_.clock, session_.console);
}

// Also after Ctrl-C; a second one no longer waits for its end.
Status ComponentTest::remove() {
  if (!running_) {
    TK_TRY(const bool gone, take_back_create());
    if (gone) return ok_status();
  }
  return terminate();
}

Result<bool> ComponentTest::take_back_create() {
  TK_TRY(const std::optional<FlowView> flow, load_newest_flow(client_, id_));
  // Refused when it has ended meanwhile, and then that is what is found.
  if (flow) static_cast<void>(client_.call("CancelFlow", {{"FlowId", flow->id}}).ok());
  TK_TRY(const FlowView ended,
         wait_for_flow(client_, session_.console, id_, "CREATE", waiting(kTerminateLimit)));
  return !ended.succeeded();
}

Status ComponentTest::terminate() {
  TK_TRY(const json::object answer, client_.call("TerminateInstance", {{"InstanceId", id_}}));
  TK_TRY(const FlowView flow,
         wait_for_flow(client_, session_.console, id_, "TERMINATE", waiting(kTerminateLimit)));
  if (flow.succeeded()) return ok_status();
  session_.console.note(render_failure(flow));
  return Error::make(
      ErrorCode::Internal, "the test's cluster {} could not be removed completely", id_);
}

Result<json::object> parameters_for(const Definitions& definitions,
                                    const ReleaseDefinition& release,
                                    const TestOptions& options) {
  TK_TRY(const std::vector<std::string> components,
         with_needed(definitions, release, options.component));
  const std::vector<Profile> known = profiles(components);
  TK_TRY(const NodeSizes sizes,
         choose_sizes(definitions, known, known.front().name, {}, 1, kCores));
  SystemRandom random;
  const std::string name = fmt::format(
      "smoke-{}-{}", options.component, random.text(4, "abcdefghijkmnpqrstuvwxyz23456789"));
  CreateChoices choices = new_choices(name, release.product_id, random);
  TK_TRY(choices.software, software_of(components, release.components, release.name));
  choices.cores = kCores;
  choices.master_spec = sizes.master_spec;
  choices.core_spec = sizes.core_spec;
  // If this program is killed, nobody else knows that the cluster is not wanted any more.
  choices.tags[std::string(kMaxAgeTag)] = options.keep ? "1d" : "1h";
  return create_parameters(choices);
}

Status test(Session& session, const TestOptions& options) {
  TK_TRY(const Definitions definitions, built_in_definitions());
  const ReleaseDefinition* const release = definitions.release(options.release);
  if (release == nullptr) {
    return Error::make(ErrorCode::NotFound, "there is no release '{}'", printable(options.release));
  }
  TK_TRY(const json::object parameters, parameters_for(definitions, *release, options));
  TK_TRY(ApiClient client, session.client(options.data));
  client.set_timeout(std::chrono::seconds(10));
  TK_TRY(Interrupt interrupt, Interrupt::watch());
  ComponentTest test(session, client, interrupt, *definitions.component(options.component));
  const std::string name = text_at(parameters, "InstanceName");
  session.console.note(
      fmt::format("Testing {} on a cluster of its own, {}.\n", options.component, name));
  Status tested = test.create(parameters);
  if (tested.ok()) tested = test.run_steps();
  const bool stopped = !tested.ok() && tested.error().code() == ErrorCode::Cancelled;
  if (!tested.ok() && !stopped && options.keep && test.created()) {
    session.console.note(fmt::format(
        "{0} is kept for a day. When you are done: tusker cluster terminate {0}\n", name));
    return tested;
  }
  if (test.created()) {
    const Status gone = test.remove();
    if (!gone.ok() && tested.ok()) return gone;
    if (!gone.ok()) session.console.note(printable(gone.error().message()) + "\n");
  }
  if (tested.ok()) session.console.note(fmt::format("{} works.\n", options.component));
  return tested;
}

}  // namespace

void add_component(CLI::App& root, Choice& choice) {
  CLI::App* component =
      root.add_subcommand("component", "Test components on clusters of their own");
  component->require_subcommand(0, 1);
  auto options = std::make_shared<TestOptions>();
  CLI::App* command = component->add_subcommand("test",
                                                "Create a small cluster with a component, run the "
                                                "component's smoke test in it as an ordinary "
                                                "user, and terminate it whatever happens");
  command->add_option("NAME", options->component, "The component, such as hdfs")->required();
  command->add_option("--release", options->release, "Release")->capture_default_str();
  command->add_flag("--keep", options->keep, "If a step fails, keep the cluster to look at it");
  add_data_option(*command, options->data);
  command->callback([&choice, options] {
    choice.action = [options](Session& session) {
      return report(session, test(session, *options));
    };
  });
  set_examples(*command, {"tusker component test hdfs", "tusker component test spark --keep"});
  set_examples(*component, {"tusker component test hdfs"});
}

}  // namespace tusker::cli
