#include "base/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <sys/stat.h>

namespace tusker {

class Log::Output {
 public:
  Output(spdlog::sink_ptr sink, LogLevel least)
      : logger_("tusker", std::move(sink)), least_(least) {
    logger_.set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %L %v", spdlog::pattern_time_type::utc);
    logger_.set_level(spdlog::level::trace);
    logger_.flush_on(
        spdlog::level::trace);  // a line that a crash swallowed would be the one that explains it
  }
  bool takes(LogLevel level) const { return level >= least_; }
  void line(LogLevel level, std::string_view text) {
    static constexpr spdlog::level::level_enum kLevels[] = {
        spdlog::level::debug, spdlog::level::info, spdlog::level::warn, spdlog::level::err};
    logger_.log(kLevels[static_cast<int>(level)], spdlog::string_view_t(text.data(), text.size()));
  }

 private:
  spdlog::logger logger_;
  LogLevel least_;
};

namespace {

bool needs_quotes(std::string_view value) {
  if (value.empty()) return true;
  for (const char c : value) {
    if (static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f) {
      return true;
    }
  }
  return false;
}

// Whatever came from outside stays on its line: control characters are escaped.
void append_field(std::string& out, const LogField& field) {
  out += ' ';
  out += field.key;
  out += '=';
  if (!needs_quotes(field.value)) {
    out += field.value;
    return;
  }
  out += '"';
  for (const char c : field.value) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) {
          out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

}  // namespace

Log Log::to_stderr(LogLevel least) {
  return Log(std::make_shared<Output>(std::make_shared<spdlog::sinks::stderr_sink_mt>(), least),
             "");
}

Log Log::to_file(const std::string& path, LogLevel least) {
  try {
    auto sink = std::make_shared<spdlog::sinks::rotating_file_sink_mt>(path, 20 << 20, 3);
    ::chmod(path.c_str(), 0640);
    return Log(std::make_shared<Output>(std::move(sink), least), "");
  } catch (const spdlog::spdlog_ex& failure) {
    Log log = to_stderr(least);
    log.warn("log.file_not_opened", {{"path", path}, {"reason", failure.what()}});
    return log;
  }
}

Log Log::none() {
  return Log(nullptr, "");
}

Log Log::with(std::initializer_list<LogField> fields) const {
  std::string context = context_;
  for (const LogField& field : fields) append_field(context, field);
  return Log(output_, std::move(context));
}

void Log::write(LogLevel level,
                std::string_view event,
                std::initializer_list<LogField> fields) const {
  if (!output_ || !output_->takes(level)) return;
  std::string text(event);
  text += context_;
  for (const LogField& field : fields) append_field(text, field);
  output_->line(level, text);
}

}  // namespace tusker
