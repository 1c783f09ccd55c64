#pragma once

#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"

namespace tusker {

// An encrypted secret: the only form in which one is stored, planned with or dumped. Does not
// format, so it cannot be logged.
//
// AES-256-GCM under the installation's key; bytes() is nonce, ciphertext and tag, bound to a
// context such as the owner's id: a row copied to another id does not open.
class Sealed {
 public:
  Sealed() = default;
  static Sealed from_bytes(std::string bytes) { return Sealed(std::move(bytes)); }
  const std::string& bytes() const { return bytes_; }
  bool empty() const { return bytes_.empty(); }

 private:
  explicit Sealed(std::string bytes) : bytes_(std::move(bytes)) {}
  std::string bytes_;
};

// Seals and opens. Holds the key in memory only; move-only. Any thread.
class Sealer {
 public:
  // The key is 32 bytes of a file of mode 0600, made with `random` when it does not exist. A file
  // that others may read is refused.
  static Result<Sealer> from_key_file(const std::string& path, Random& random);
  static Sealer for_test() { return Sealer(std::string(32, 'k')); }

  Sealer(Sealer&&) noexcept = default;
  Sealer& operator=(Sealer&&) noexcept = default;
  ~Sealer();

  Sealed seal(std::string_view plain, std::string_view context, Random& random) const;
  // Corrupt when the key, the context or a byte differs.
  Result<std::string> open(const Sealed& sealed, std::string_view context) const;

 private:
  explicit Sealer(std::string key) : key_(std::move(key)) {}
  std::string key_;
};

}  // namespace tusker
