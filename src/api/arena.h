#pragma once

#include <fmt/compile.h>
#include <fmt/format.h>

#include <cstddef>
#include <cstring>
#include <iterator>
#include <memory>
#include <memory_resource>
#include <span>
#include <string_view>
#include <type_traits>

#include "base/time_text.h"

namespace tusker::api {

// Items of an answer. Borrowed from the Arena that made them: nothing else yields a span that one
// can write to, so a vector that dies too early does not convert.
template <typename T>
class List {
 public:
  constexpr List() = default;
  List(std::span<T> items) : first_(items.data()), size_(items.size()) {}

  const T* begin() const { return first_; }
  const T* end() const { return first_ + size_; }

 private:
  const T* first_ = nullptr;
  std::size_t size_ = 0;
};

// Memory of one request or one answer: the first 8 KiB on the stack, freed as a whole and without
// destructors. Bounded by the limits of the readers, and by what an answer may hold.
class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  std::pmr::memory_resource* resource() { return &resource_; }

  char* bytes(std::size_t count) {
    return static_cast<char*>(resource_.allocate(count > 0 ? count : 1, 1));
  }

  std::string_view copy(std::string_view text) {
    char* const place = bytes(text.size());
    if (!text.empty()) std::memcpy(place, text.data(), text.size());
    return {place, text.size()};
  }

  std::string_view time(WallTime time) {
    char* const place = bytes(kTimeText);
    write_text(time, place);
    return {place, kTimeText};
  }

  // The format is compiled: FMT_COMPILE("{} GB").
  template <typename Format, typename... Args>
  std::string_view format(const Format& format, const Args&... args) {
    fmt::memory_buffer text;
    fmt::format_to(std::back_inserter(text), format, args...);
    return copy({text.data(), text.size()});
  }

  template <typename T>
  T* make() {
    return list<T>(1).data();
  }

  template <typename T>
  std::span<T> list(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    T* const first = static_cast<T*>(resource_.allocate(count * sizeof(T), alignof(T)));
    std::uninitialized_value_construct_n(first, count);
    return {first, count};
  }

  // What `make_item` makes of each.
  template <typename Range, typename Function>
  auto each(const Range& range, Function make_item) {
    using T = std::remove_cvref_t<decltype(make_item(*std::begin(range)))>;
    const std::span<T> items = list<T>(static_cast<std::size_t>(std::size(range)));
    auto place = items.begin();
    for (const auto& item : range) *place++ = make_item(item);
    return items;
  }

  // Texts themselves stay where they are.
  template <typename Range>
  std::span<std::string_view> texts(const Range& range) {
    return each(range, [](const auto& text) { return std::string_view(text); });
  }

 private:
  std::byte first_[8192];
  std::pmr::monotonic_buffer_resource resource_{first_, sizeof first_};
};

}  // namespace tusker::api
