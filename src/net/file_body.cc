#include "net/file_body.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

#include "base/file.h"
#include "net/body_source.h"
#include "net/worker_pool.h"

namespace tusker {

namespace {

constexpr std::size_t kPiece = 256 << 10;

Result<std::string> read_piece(int fd, std::uint64_t offset, std::size_t size) {
  std::string piece(size, '\0');
  ssize_t n = 0;
  do {
    n = ::pread(fd, piece.data(), size, static_cast<off_t>(offset));
  } while (n < 0 && errno == EINTR);
  if (n < 0) return Error::from_errno(errno, "read the file being sent");
  if (n == 0) return Error(ErrorCode::Corrupt, "the file being sent has become shorter");
  piece.resize(static_cast<std::size_t>(n));
  return piece;
}

class FileBody final : public BodySource {
 public:
  FileBody(WorkerPool& pool, UniqueFd fd, ByteRange range)
      : pool_(pool), fd_(std::make_shared<UniqueFd>(std::move(fd))), left_(range) {}

  void next(Deliver deliver) override {
    const std::size_t size =
        static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, left_.length));
    if (size == 0) return deliver(std::string());
    pool_.submit(
        [fd = fd_, offset = left_.offset, size] { return read_piece(fd->get(), offset, size); },
        [this, alive = std::weak_ptr(alive_), deliver = std::move(deliver)](
            Result<std::string> piece) {
          if (!alive.expired() && piece.ok()) advance(piece->size());
          deliver(std::move(piece));
        });
  }

 private:
  void advance(std::size_t by) {
    left_.offset += by;
    left_.length -= by;
  }

  WorkerPool& pool_;
  std::shared_ptr<UniqueFd> fd_;  // shared with a read under way
  ByteRange left_;
  std::shared_ptr<int> alive_ = std::make_shared<int>();
};

struct Opened {
  UniqueFd fd;
  std::uint64_t size = 0;
};

Result<Opened> open_regular_file(const std::string& path) {
  Opened opened{UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK))};
  struct stat info {};
  if (!opened.fd || ::fstat(opened.fd.get(), &info) != 0) return Error::from_errno(errno, path);
  if (!S_ISREG(info.st_mode)) return Error(ErrorCode::NotFound, path + " is not a regular file");
  opened.size = static_cast<std::uint64_t>(info.st_size);
  return opened;
}

HttpResponse file_response(WorkerPool& pool,
                           HttpResponse response,
                           std::string_view range,
                           Opened opened) {
  response.file_path.clear();
  const RangeChoice choice = choose_range(range, opened.size);
  if (choice.kind == RangeChoice::Kind::Unsatisfiable) {
    HttpResponse refusal(416, "text/plain", "the file has no such range\n");
    refusal.headers.emplace_back("Content-Range", fmt::format("bytes */{}", opened.size));
    return refusal;
  }
  ByteRange sent{0, opened.size};
  if (choice.kind == RangeChoice::Kind::Part) {
    sent = choice.range;
    response.status = 206;
    response.headers.emplace_back(
        "Content-Range",
        fmt::format("bytes {}-{}/{}", sent.offset, sent.offset + sent.length - 1, opened.size));
  }
  response.headers.emplace_back("Accept-Ranges", "bytes");
  response.source_length = sent.length;
  response.source = std::make_shared<FileBody>(pool, std::move(opened.fd), sent);
  return response;
}

// Digits only, and all of the text.
std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || failure != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

}  // namespace

RangeChoice choose_range(std::string_view header, std::uint64_t size) {
  static constexpr std::string_view kUnit = "bytes=";
  if (!header.starts_with(kUnit)) return {};
  header.remove_prefix(kUnit.size());
  const std::size_t dash = header.find('-');
  if (dash == std::string_view::npos) return {};
  const auto first = number(header.substr(0, dash));
  const auto last = number(header.substr(dash + 1));
  const bool open_end = dash + 1 == header.size();
  if (dash == 0) {  // "-500": the last 500 bytes
    if (!last) return {};
    const std::uint64_t length = std::min(*last, size);
    if (length == 0) return {RangeChoice::Kind::Unsatisfiable, {}};
    return {RangeChoice::Kind::Part, {size - length, length}};
  }
  if (!first || (!last && !open_end) || (last && *last < *first)) return {};
  if (*first >= size) return {RangeChoice::Kind::Unsatisfiable, {}};
  const std::uint64_t end = open_end ? size : std::min(*last, size - 1) + 1;
  return {RangeChoice::Kind::Part, {*first, end - *first}};
}

void open_file_response(WorkerPool& pool,
                        HttpResponse response,
                        std::string range,
                        std::function<void(HttpResponse)> done) {
  const std::string path = response.file_path;
  pool.submit(
      [path] { return open_regular_file(path); },
      [&pool, response = std::move(response), range = std::move(range), done = std::move(done)](
          Result<Opened> opened) mutable {
        if (!opened.ok()) return done(HttpResponse(404, "text/plain", "no such file\n"));
        done(file_response(pool, std::move(response), range, *std::move(opened)));
      });
}

}  // namespace tusker
