#include "bundle/tar_stream.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/file.h"
#include "base/ustar_header.h"

namespace tusker {
namespace {

constexpr std::size_t kPiece = 1 << 20;
constexpr std::string_view kName = "the archive";

std::string shown(std::string_view name) {
  std::string out(name.substr(0, kUstarLongestPath));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return out;
}

std::string_view kind_of(char type) {
  switch (type) {
    case '1':
    case '2':
      return "a link";
    case '3':
    case '4':
    case '6':
      return "a device";
    case '5':
      return "a folder";
    default:
      return "an extension of the format";
  }
}

}  // namespace

Status TarWriter::begin(const TarMember& member) {
  TK_TRY(const UstarBlock header,
         write_ustar_header(
             {.path = member.name, .mode = 0644, .size = member.size, .owner = "root"}));
  padding_ = ustar_padding(member.size);
  return write({header.data(), header.size()});
}

Status TarWriter::write(std::string_view piece) {
  return write_all(fd_, piece, kName);
}

Status TarWriter::end_member() {
  return write(std::string(padding_, '\0'));
}

Status TarWriter::finish() {
  return write(std::string(2 * kUstarBlock, '\0'));
}

TarReader::TarReader(int fd, std::function<bool()> cancelled)
    : fd_(fd), cancelled_(std::move(cancelled)), buffer_(kPiece) {}

// A pipe may be silent for long, and Ctrl-C is a fact to look at, not an interruption of read(2).
Status TarReader::wait() const {
  constexpr int kLookMs = 250;
  for (pollfd readable{fd_, POLLIN, 0}; ::poll(&readable, 1, kLookMs) <= 0;) {
    if (cancelled_ && cancelled_()) return Error(ErrorCode::Cancelled, "interrupted");
  }
  return ok_status();
}

// Exactly this many bytes, or fewer at the end of the file.
Result<std::string_view> TarReader::take(std::size_t size) {
  std::size_t have = 0;
  while (have < size) {
    TK_TRY_VOID(wait());
    const ssize_t n = ::read(fd_, buffer_.data() + have, size - have);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Error::from_errno(errno, "read " + std::string(kName));
    if (n == 0) break;
    have += static_cast<std::size_t>(n);
  }
  return std::string_view(buffer_.data(), have);
}

// Whoever writes into a pipe wants to get rid of it all: tar fills its last record with zeros.
Status TarReader::drain() {
  constexpr std::size_t kMost = 1 << 16;
  TK_TRY(const std::string_view rest, take(kMost));
  if (rest.find_first_not_of('\0') == std::string_view::npos) return ok_status();
  return Error(ErrorCode::Corrupt, "the archive goes on after its end mark");
}

Result<std::optional<TarMember>> TarReader::next() {
  TK_CHECK(left_ == 0, "{} bytes of a member were not read", left_);
  TK_TRY(const std::string_view padding, take(static_cast<std::size_t>(padding_)));
  if (padding.size() < padding_) return Error(ErrorCode::Corrupt, "the archive is cut");
  padding_ = 0;
  TK_TRY(const std::string_view block, take(kUstarBlock));
  const Result<UstarHeader> header = read_ustar_header(block);
  if (!header.ok() && header.error().code() == ErrorCode::NotFound) {
    TK_TRY_VOID(drain());
    return std::optional<TarMember>();
  }
  if (!header.ok()) return header.error();
  TarMember member{.name = shown(header->path), .size = header->size};
  if (header->type != '0') {
    return Error::make(ErrorCode::Corrupt,
                       "{}: expected a plain file, found {} (type '{}')",
                       member.name,
                       kind_of(header->type),
                       shown({&header->type, 1}));
  }
  left_ = member.size;
  padding_ = ustar_padding(member.size);
  return std::optional<TarMember>(std::move(member));
}

Result<std::string_view> TarReader::read() {
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left_, kPiece));
  TK_TRY(const std::string_view piece, take(wanted));
  if (piece.size() < wanted) return Error(ErrorCode::Corrupt, "the archive is cut");
  left_ -= piece.size();
  return piece;
}

}  // namespace tusker
