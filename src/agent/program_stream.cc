#include "agent/program_stream.h"

#include <utility>

#include "agent/services.h"
#include "base/text.h"

namespace tusker {
namespace {

// Of a user's input that the program has not taken. A sender that keeps to its window of 1 MiB
// never comes near it.
constexpr std::size_t kMaxInput = 4 << 20;

// Blocks: reads the image's users.
Result<NodeProgramSpec> spec_of(const link::Exec& exec,
                                const link::Node& node,
                                const std::string& image_root) {
  TK_TRY(const ImageUsers users, ImageUsers::read(image_root));
  NodeProgramSpec spec;
  TK_TRY(spec.process.user, users.find(exec.user()));
  spec.process.argv.assign(exec.argv().begin(), exec.argv().end());
  if (exec.argv().empty())
    spec.process.argv = {spec.process.user.shell.empty() ? "/bin/sh" : spec.process.user.shell,
                         "-l"};
  spec.process.environment = base_environment();
  for (const auto& [name, value] : node.environment()) spec.process.environment[name] = value;
  spec.process.environment["HOME"] = spec.process.user.home;
  spec.process.environment["USER"] = spec.process.user.name;
  if (exec.terminal()) spec.process.environment["TERM"] = "xterm-256color";
  for (const auto& [name, value] : exec.environment()) spec.process.environment[name] = value;
  spec.process.directory = exec.directory().empty() ? spec.process.user.home : exec.directory();
  spec.process.terminal = exec.terminal();
  spec.process.oom_score_adj = OomRange::of_this_process().adjusted(kUsersOomScore, node);
  spec.columns = exec.columns();
  spec.rows = exec.rows();
  return spec;
}

}  // namespace

ProgramStream::ProgramStream(Surroundings around,
                             std::string id,
                             const HostKeeper& keeper,
                             link::Exec exec,
                             HostKeeper::Running running)
    : DialledStream(std::move(around), std::move(id)),
      keeper_(keeper),
      exec_(std::move(exec)),
      running_(std::move(running)) {}

void ProgramStream::begin() {
  const link::Node& node = running_.order->node;
  const std::string image = keeper_.artifacts().path(running_.order->artifacts.at(node.image()));
  on_worker(
      this,
      [exec = exec_,
       running = running_,
       image,
       name = id(),
       &runc = keeper_.runc(),
       layout = NodeLayout(keeper_.host(), node.id())]() -> Result<std::unique_ptr<NodeProgram>> {
        TK_TRY(const NodeProgramSpec spec, spec_of(exec, running.order->node, image));
        return NodeProgram::start(runc, layout, name, spec);
      },
      [](ProgramStream& stream, Result<std::unique_ptr<NodeProgram>> program) {
        stream.started(std::move(program));
      });
}

void ProgramStream::started(Result<std::unique_ptr<NodeProgram>> program) {
  if (!program.ok()) return give_up(as_message_text(program.error().message(), 500));
  program_ = *std::move(program);
  program_->attach(around().loop,
                   {.on_output = [this](std::string bytes,
                                        bool to_error) { send_output(std::move(bytes), to_error); },
                    .on_input_taken = [this](std::size_t bytes) { input_taken(bytes); },
                    .on_end = [this](int exit_code) { finish_with(exit_code); }});
  for (const std::string& message : early_) receive(message);
  early_.clear();
  if (hung_up()) program_->hang_up();
}

void ProgramStream::receive(std::string_view message) {
  if (!program_) {
    early_bytes_ += message.size();
    if (early_bytes_ > kMaxInput)
      return give_up("more than 4 MiB of input were sent before the program was there");
    early_.emplace_back(message);
    return;
  }
  link::StreamFrame frame;
  if (!frame.ParseFromArray(message.data(), static_cast<int>(message.size()))) return;
  switch (frame.kind_case()) {
    case link::StreamFrame::kInput:
      received_ += frame.input().size();
      if (received_ - taken_ > kMaxInput)
        return give_up("more than 4 MiB of input were sent that the program has not taken");
      return program_->write(std::move(*frame.mutable_input()));
    case link::StreamFrame::kInputEnd:
      return program_->end_input();
    case link::StreamFrame::kSignal:
      if (frame.signal() > 0 && frame.signal() < 65) program_->signal(frame.signal());
      return;
    case link::StreamFrame::kWindow:
      return program_->resize(frame.window().columns(), frame.window().rows());
    case link::StreamFrame::kAcknowledged:
      return program_->acknowledge(frame.acknowledged());
    default:
      return;
  }
}

void ProgramStream::input_taken(std::size_t bytes) {
  taken_ += bytes;
  link::StreamFrame frame;
  frame.set_acknowledged(taken_);
  send(frame);
}

// What is still being started is told of it when it is there.
void ProgramStream::hang_up() {
  if (program_) program_->hang_up();
}

}  // namespace tusker
