#include "pages/page_rewriter.h"

#include <algorithm>
#include <utility>

#include "base/letters.h"

namespace tusker {

namespace {

constexpr std::size_t kAhead = 256;  // of a URL behind its "//": host, port, begin of the path
constexpr std::size_t kBehind = 8;   // before it: the scheme, or what it stands in
constexpr std::size_t kMaxHead = 16 << 10;  // a page that has not begun by then is none

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// The first place of a lower-case word in a text of either case.
std::size_t find_ignoring_case(std::string_view text, std::string_view word) {
  const auto found =
      std::search(text.begin(), text.end(), word.begin(), word.end(), [](char a, char b) {
        return lower(a) == b;
      });
  return found == text.end() ? std::string_view::npos
                             : static_cast<std::size_t>(found - text.begin());
}

// Whether "//" behind this text begins the host of an http URL, or of one without a scheme.
bool begins_host(std::string_view before) {
  constexpr std::string_view kScheme = "http:";
  constexpr std::string_view kDelimiters = "\"'=(<> \t\r\n,;";
  if (before.empty() || kDelimiters.find(before.back()) != std::string_view::npos) return true;
  return before.size() >= kScheme.size() &&
         find_ignoring_case(before.substr(before.size() - kScheme.size()), kScheme) == 0;
}

// "host:port" at the begin of the text; empty if there is none.
std::string_view authority_at(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() &&
         (is_letter_or_digit(text[end]) || text[end] == '.' || text[end] == '-'))
    ++end;
  if (end == 0 || end >= text.size() || text[end] != ':') return {};
  const std::size_t digits = ++end;
  while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
  if (end == digits) return {};
  const bool goes_on = end < text.size() && (is_letter_or_digit(text[end]) || text[end] == '@');
  return goes_on ? std::string_view() : text.substr(0, end);
}

}  // namespace

PageRewriter::PageRewriter(std::shared_ptr<const PageAddresses> addresses, std::string into_head)
    : addresses_(std::move(addresses)), into_head_(std::move(into_head)) {}

std::string PageRewriter::add(std::string_view piece) {
  held_ += piece;
  return take(false);
}

std::string PageRewriter::end() {
  return take(true);
}

// Behind <html>, since YARN's pages have no <head>: there the parser opens one. False: more of the
// text is needed to tell where.
bool PageRewriter::open_head(bool last) {
  constexpr std::string_view kTag = "<html";
  if (into_head_.empty()) return true;
  const std::size_t tag = find_ignoring_case(held_, kTag);
  const std::size_t close = tag == std::string::npos ? tag : held_.find('>', tag);
  if (close != std::string::npos) {
    held_.insert(close + 1, std::exchange(into_head_, std::string()));
    return true;
  }
  if (!last && held_.size() < kMaxHead) return false;
  into_head_.clear();
  return true;
}

std::string PageRewriter::take(bool last) {
  if (!open_head(last)) return "";
  const std::string_view text = held_;
  std::string out;
  std::size_t done = 0;
  std::size_t at = 0;
  while ((at = text.find("//", at)) != std::string_view::npos) {
    const std::string_view rest = text.substr(at + 2);
    if (!last && rest.size() < kAhead) break;
    const std::string_view authority =
        begins_host(text.substr(0, at)) ? authority_at(rest) : std::string_view();
    const auto elsewhere = authority.empty() ? std::nullopt
                                             : addresses_->translate(lower_case(authority),
                                                                     rest.substr(authority.size()));
    at += 2;
    if (!elsewhere) continue;
    out.append(text, done, at - done).append(*elsewhere);
    at = done = at + authority.size();
  }
  // What comes next decides on what is undecided; it has to be seen with what it stands in.
  const std::size_t undecided = std::min(at, text.size());
  const std::size_t kept =
      last ? text.size() : std::max(done, undecided - std::min(undecided, kBehind));
  out.append(text, done, kept - done);
  held_.erase(0, kept);
  return out;
}

std::string rewrite_links(std::shared_ptr<const PageAddresses> addresses, std::string_view text) {
  PageRewriter rewriter(std::move(addresses));
  std::string out = rewriter.add(text);
  return out += rewriter.end();
}

}  // namespace tusker
