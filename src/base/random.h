#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <string_view>

namespace tusker {

// Where randomness comes from. Passed to whoever needs it. One thread at a time.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> bytes) = 0;

  std::uint64_t next();
  // Uniform in [0, bound); bound > 0.
  std::uint64_t below(std::uint64_t bound);
  // `length` characters drawn evenly from `alphabet` (at most 256 of them).
  std::string text(std::size_t length, std::string_view alphabet);
  // "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx", lower case (RFC 9562 version 4).
  std::string uuid();
};

// The kernel's, by getrandom(2), in blocks: fit for keys and ids.
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> bytes) override;

 private:
  std::uint8_t pool_[256] = {};
  std::size_t left_ = 0;
};

// The same numbers for the same seed: tests and simulation only.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
  void fill(std::span<std::uint8_t> bytes) override;

 private:
  std::mt19937_64 engine_;
};

}  // namespace tusker
