#include "cli/run_client.h"

#include <signal.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <memory>
#include <optional>

#include "api/sign.h"
#include "base/file.h"
#include "cli/api_client.h"
#include "cli/json_text.h"
#include "cli/stdin_reader.h"
#include "cli/terminal.h"
#include "cli/words.h"
#include "net/event_loop.h"
#include "net/http_client.h"
#include "net/worker_pool.h"

namespace tusker::cli {

namespace {

// RFC 3986 section 2.3: everything else is escaped, so that what is signed is what is sent.
std::string percent_encode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace

std::string stream_query(const RunRequest& request,
                         bool terminal,
                         std::uint32_t columns,
                         std::uint32_t rows) {
  std::string query = "InstanceId=" + percent_encode(request.cluster_id) +
                      "&Node=" + percent_encode(request.node) +
                      "&User=" + percent_encode(request.user);
  for (std::size_t i = 0; i < request.argv.size(); ++i) {
    query += fmt::format("&Argv.{}={}", i, percent_encode(request.argv[i]));
  }
  query += fmt::format("&Terminal={}", terminal ? 1 : 0);
  if (terminal) query += fmt::format("&Columns={}&Rows={}", columns, rows);
  return query;
}

std::string log_query(const LogRequest& request) {
  return fmt::format("InstanceId={}&Node={}&Role={}&Lines={}&Follow={}",
                     percent_encode(request.cluster_id),
                     percent_encode(request.node),
                     percent_encode(request.role),
                     request.lines,
                     request.follow ? 1 : 0);
}

namespace {

// A signed GET /stream, and how this process takes part in it.
struct StreamCall {
  std::string action;
  std::string query;
  int input = 0;
  bool interactive = false;  // our input and signals are the other side's; else they are ours
  bool terminal = false;     // there is one at both ends
  // Set: output goes here instead of ours, there is no input, and signals are the caller's.
  std::string* kept = nullptr;
  std::function<std::optional<Error>()> give_up = nullptr;
};

constexpr std::size_t kMostKept = 1 << 20;
constexpr Duration kGiveUpEvery = std::chrono::milliseconds(200);

HttpCall signed_call(const Access& access, const StreamCall& stream, WallTime now) {
  const std::string host = access.endpoint().substr(std::string_view("http://").size());
  api::Tc3Request request;
  request.method = "GET";
  request.host = host;
  request.content_type = "application/x-www-form-urlencoded";
  request.query = stream.query;
  request.now = now;
  const api::Tc3Headers signature =
      api::sign_tc3({.secret_id = access.secret_id, .secret_key = access.secret_key}, request);
  HttpCall call;
  call.host = access.host;
  call.port = access.port;
  call.target = "/stream?" + stream.query;
  call.headers = {{"Host", host},
                  {"Content-Type", std::string(request.content_type)},
                  {"Authorization", signature.authorization},
                  {"X-TC-Timestamp", signature.timestamp},
                  {"X-TC-Action", stream.action},
                  {"X-TC-Version", std::string(kOwnVersion)},
                  {"X-TC-Region", access.region}};
  return call;
}

// What the server said instead of opening the stream.
Error refusal_of(const HttpReply& reply) {
  const Result<boost::json::value> parsed = parse_json(reply.body, "the server's answer");
  if (parsed.ok() && parsed->is_object()) {
    const boost::json::object& response = object_at(parsed->get_object(), "Response");
    const boost::json::object& error = object_at(response, "Error");
    if (!error.empty()) {
      return to_error({.code = text_at(error, "Code"),
                       .message = text_at(error, "Message"),
                       .request_id = text_at(response, "RequestId")});
    }
  }
  return Error::make(ErrorCode::Unavailable,
                     "the server answered with HTTP status {} where a stream should begin: {}",
                     reply.status,
                     printable(reply.body.substr(0, 200)));
}

// Joins a RunSession with the socket, our descriptors and signals, on one loop.
class Runner final {
 public:
  Runner(const Access& access, StreamCall stream) : access_(access), stream_(std::move(stream)) {}

  Result<RunEnd> run() {
    WebSocketOptions options;
    call_ = connect_websocket(loop_,
                              signed_call(access_, stream_, loop_.wall()),
                              options,
                              [this](Result<WebSocketAnswer> answer) {
                                if (Status opened = open(std::move(answer)); !opened.ok())
                                  stop(std::move(opened).error());
                              });
    loop_.run();
    raw_.reset();
    if (error_) return *std::move(error_);
    return *std::move(end_);
  }

 private:
  Status open(Result<WebSocketAnswer> answer) {
    TK_TRY(WebSocketAnswer opened, std::move(answer).context("{}", access_.endpoint()));
    if (!opened.socket) return refusal_of(opened.refusal);
    socket_ = std::move(opened.socket);
    session_.emplace(RunSession::Peer{
        .send = [this](std::string frame) { socket_->send_binary(std::move(frame)); },
        .write = [this](bool to_error, std::string bytes) { write(to_error, std::move(bytes)); },
        .end = [this](RunEnd end) { stop(std::move(end)); },
    });
    if (stream_.terminal) {
      TK_TRY(RawTerminal raw, RawTerminal::enter(0));
      raw_.emplace(std::move(raw));
    }
    if (stream_.interactive) {
      TK_TRY(reader_, StdinReader::open(loop_, stream_.input));
      pass_signals();
    } else if (stream_.kept != nullptr) {
      session_->on_input_end();
      ask_to_give_up();
    } else {
      loop_.on_signal({SIGINT, SIGTERM, SIGHUP}, [this](int number) {
        stop(RunEnd{.exit_code = 128 + number, .failure = ""});
      });
    }
    socket_->start({
        .on_message =
            [this](std::string_view message, bool) {
              session_->on_message(message);
              read_input();
            },
        .on_close =
            [this](const WebSocketClose& close) { session_->on_closed(printable(close.reason)); },
        .on_drained = nullptr,
    });
    read_input();
    return ok_status();
  }

  // Ctrl-C goes to the program, as does TERM. A third one without an end is meant for us: the
  // program may not listen.
  void pass_signals() {
    loop_.on_signal({SIGINT, SIGTERM, SIGHUP, SIGWINCH}, [this](int number) {
      if (number == SIGWINCH) {
        const WindowSize size = window_size(1);
        if (stream_.terminal) session_->on_window(size.columns, size.rows);
        return;
      }
      session_->on_signal(number);
      if (number == SIGHUP || ++interrupts_ >= 3)
        stop(RunEnd{.exit_code = 128 + number, .failure = ""});
    });
  }

  void read_input() {
    if (!reader_ || reader_->reading() || stopped_) return;
    const std::size_t room = session_->input_room();
    if (room == 0) return;  // the next message continues
    reader_->read(room, [this](std::optional<std::string> piece) {
      if (piece) {
        session_->on_input(*std::move(piece));
        read_input();
      } else {
        session_->on_input_end();
      }
    });
  }

  void ask_to_give_up() {
    if (std::optional<Error> why = stream_.give_up()) return stop(*std::move(why));
    asking_ = loop_.after(kGiveUpEvery, [this] { ask_to_give_up(); });
  }

  void keep(std::string_view bytes) {
    std::string& kept = *stream_.kept;
    kept += bytes;
    if (kept.size() > 2 * kMostKept) kept.erase(0, kept.size() - kMostKept);
    session_->written(bytes.size());
  }

  // What a role has written is not our words: on a terminal it must not act as commands to it.
  void write(bool to_error, std::string bytes) {
    if (stream_.kept != nullptr) return keep(bytes);
    const std::size_t size = bytes.size();
    if (!stream_.interactive && ::isatty(to_error ? 2 : 1) == 1)
      bytes = (to_error ? shown_error_ : shown_output_).take(bytes);
    writer_.submit(
        // False: nobody reads any more. Threads of a pool block SIGPIPE, so it has to be told.
        [to_error, bytes = std::move(bytes)] {
          return write_all(to_error ? 2 : 1, bytes, "output").ok();
        },
        [this, size](bool read) {
          if (read) return session_->written(size);
          stop(RunEnd{.exit_code = 128 + SIGPIPE, .failure = ""});
        });
  }

  void stop(RunEnd end) {
    if (!stopped_) end_ = std::move(end);
    stopped_ = true;
    loop_.stop();
  }
  void stop(Error error) {
    if (!stopped_) error_ = std::move(error);
    stopped_ = true;
    loop_.stop();
  }

  const Access& access_;
  const StreamCall stream_;
  PrintableStream shown_output_;
  PrintableStream shown_error_;
  EventLoop loop_;
  WorkerPool writer_{loop_, "stdout", 1};
  PendingCall call_;
  std::optional<RunSession> session_;
  std::unique_ptr<StdinReader> reader_;
  std::unique_ptr<WebSocket> socket_;
  std::optional<RawTerminal> raw_;
  std::optional<RunEnd> end_;
  std::optional<Error> error_;
  Timer asking_;
  bool stopped_ = false;
  int interrupts_ = 0;
};

}  // namespace

Result<RunEnd> run_in_node(const Access& access, const RunRequest& request) {
  const bool terminal = ::isatty(request.input) == 1 && ::isatty(1) == 1;
  const WindowSize window = window_size(1);
  return Runner(access,
                {.action = "OpenNodeStream",
                 .query = stream_query(request, terminal, window.columns, window.rows),
                 .input = request.input,
                 .interactive = true,
                 .terminal = terminal})
      .run();
}

Result<CapturedRun> capture_in_node(const Access& access,
                                    const RunRequest& request,
                                    const std::function<std::optional<Error>()>& give_up) {
  CapturedRun run;
  TK_TRY(run.end,
         Runner(access,
                {.action = "OpenNodeStream",
                 .query = stream_query(request, false, 0, 0),
                 .kept = &run.output,
                 .give_up = give_up})
             .run());
  if (run.output.size() > kMostKept) run.output.erase(0, run.output.size() - kMostKept);
  return run;
}

Result<RunEnd> print_role_log(const Access& access, const LogRequest& request) {
  return Runner(access, {.action = "OpenLogStream", .query = log_query(request)}).run();
}

}  // namespace tusker::cli
