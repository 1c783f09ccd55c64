#include "base/sealed.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>

#include "base/file.h"

namespace tusker {

namespace {

constexpr std::size_t kKeySize = 32;
constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* u8(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* u8(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

}  // namespace

Result<Sealer> Sealer::from_key_file(const std::string& path, Random& random) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    if (errno != ENOENT) return Error::from_errno(errno, path);
    std::string key(kKeySize, '\0');
    random.fill({reinterpret_cast<std::uint8_t*>(key.data()), key.size()});
    TK_TRY_VOID(write_file_atomic(path, key, 0600));
    return Sealer(std::move(key));
  }
  if ((info.st_mode & 077) != 0) {
    return Error::make(
        ErrorCode::PermissionDenied,
        "{}: the key file is open to others (mode {:o}); chmod 0600 it, and think of "
        "its secrets as known",
        path,
        info.st_mode & 0777);
  }
  TK_TRY(std::string key, read_file(path));
  if (key.size() != kKeySize) {
    return Error::make(
        ErrorCode::Corrupt, "{}: {} bytes, a key has {}", path, key.size(), kKeySize);
  }
  return Sealer(std::move(key));
}

Sealer::~Sealer() {
  OPENSSL_cleanse(key_.data(), key_.size());
}

Sealed Sealer::seal(std::string_view plain, std::string_view context, Random& random) const {
  std::string out(kNonceSize + plain.size() + kTagSize, '\0');
  random.fill({reinterpret_cast<std::uint8_t*>(out.data()), kNonceSize});
  const CipherContext cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  int n = 0;
  const bool ok =
      EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, u8(key_), u8(out)) == 1 &&
      EVP_EncryptUpdate(cipher.get(), nullptr, &n, u8(context), static_cast<int>(context.size())) ==
          1 &&
      EVP_EncryptUpdate(
          cipher.get(), u8(out) + kNonceSize, &n, u8(plain), static_cast<int>(plain.size())) == 1 &&
      EVP_EncryptFinal_ex(cipher.get(), u8(out) + kNonceSize + plain.size(), &n) == 1 &&
      EVP_CIPHER_CTX_ctrl(
          cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagSize, u8(out) + kNonceSize + plain.size()) == 1;
  TK_CHECK(ok, "AES-256-GCM is not available");
  return Sealed::from_bytes(std::move(out));
}

Result<std::string> Sealer::open(const Sealed& sealed, std::string_view context) const {
  const Error corrupt(ErrorCode::Corrupt,
                      "a sealed secret does not open: other key file, or changed bytes");
  const std::string& in = sealed.bytes();
  if (in.size() < kNonceSize + kTagSize) return corrupt;
  const std::size_t length = in.size() - kNonceSize - kTagSize;
  std::string plain(length, '\0');
  std::string tag = in.substr(kNonceSize + length);
  const CipherContext cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  int n = 0;
  const bool ok =
      EVP_DecryptInit_ex(
          cipher.get(), EVP_aes_256_gcm(), nullptr, u8(key_), u8(std::string_view(in))) == 1 &&
      EVP_DecryptUpdate(cipher.get(), nullptr, &n, u8(context), static_cast<int>(context.size())) ==
          1 &&
      EVP_DecryptUpdate(cipher.get(),
                        u8(plain),
                        &n,
                        u8(std::string_view(in)) + kNonceSize,
                        static_cast<int>(length)) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagSize, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(cipher.get(), u8(plain) + length, &n) == 1;
  if (!ok) return corrupt;
  return plain;
}

}  // namespace tusker
