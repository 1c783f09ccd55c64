#include "net/certificate.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <cerrno>
#include <ctime>

#include "base/encoding.h"
#include "base/file.h"
#include "net/openssl.h"

namespace tusker {

namespace {

constexpr std::int64_t kClockSkewSeconds = 3600;

Error failed(std::string_view what) {
  return openssl_error(ErrorCode::Internal, what);
}

std::string text_of(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  return std::string(data, static_cast<std::size_t>(size));
}

Result<std::string> pem_of(X509* certificate) {
  const OpensslBio memory(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509(memory.get(), certificate) != 1) return failed("write a certificate");
  return text_of(memory.get());
}

Result<std::string> pem_of(EVP_PKEY* key) {
  const OpensslBio memory(BIO_new(BIO_s_secmem()));
  if (PEM_write_bio_PKCS8PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr) !=
      1) {
    return failed("write a private key");
  }
  return text_of(memory.get());
}

Result<OpensslKey> generate_key() {
  OpensslKey key(EVP_EC_gen("P-256"));
  if (!key) return failed("generate a P-256 key");
  return key;
}

std::string entry(X509_NAME* name, int nid) {
  const int at = X509_NAME_get_index_by_NID(name, nid, -1);
  if (at < 0) return "";
  unsigned char* text = nullptr;
  const int size =
      ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
  if (size < 0) return "";
  std::string out(reinterpret_cast<char*>(text), static_cast<std::size_t>(size));
  OPENSSL_free(text);
  return out;
}

WallTime wall_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return WallTime{static_cast<std::int64_t>(timegm(&parts)) * 1000};
}

Status set_name(X509_NAME* name, std::string_view common_name, std::string_view organization) {
  const auto add = [name](const char* field, std::string_view value) {
    return value.empty() ||
           X509_NAME_add_entry_by_txt(name,
                                      field,
                                      MBSTRING_UTF8,
                                      reinterpret_cast<const unsigned char*>(value.data()),
                                      static_cast<int>(value.size()),
                                      -1,
                                      0) == 1;
  };
  if (!add("O", organization) || !add("CN", common_name)) {
    return openssl_error(
        ErrorCode::InvalidArgument,
        fmt::format("name \"{}\" of \"{}\" does not fit into a certificate (64 characters each)",
                    common_name,
                    organization));
  }
  return ok_status();
}

Status set_serial(X509* certificate, Random& random) {
  unsigned char bytes[16];
  random.fill(bytes);
  bytes[0] = static_cast<unsigned char>((bytes[0] & 0x7f) | 0x40);  // positive and always 16 bytes
  const OpensslBignum number(BN_bin2bn(bytes, sizeof bytes, nullptr));
  if (!number || BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) == nullptr) {
    return failed("set the serial number");
  }
  return ok_status();
}

Status set_validity(X509* certificate, WallTime now, int days) {
  const std::int64_t from = now.ms / 1000 - kClockSkewSeconds;
  const std::int64_t until = now.ms / 1000 + std::int64_t{86400} * days;
  if (days <= 0) return Error::make(ErrorCode::InvalidArgument, "a certificate for {} days", days);
  if (ASN1_TIME_set(X509_getm_notBefore(certificate), static_cast<std::time_t>(from)) == nullptr ||
      ASN1_TIME_set(X509_getm_notAfter(certificate), static_cast<std::time_t>(until)) == nullptr) {
    return failed("set the validity");
  }
  return ok_status();
}

Status add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const OpensslExtension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1) {
    return openssl_error(ErrorCode::InvalidArgument,
                         fmt::format("certificate extension \"{}\"", value));
  }
  return ok_status();
}

// A list such as "DNS:a,IP:127.0.0.1". Commas would begin another entry, so names are checked
// first.
Result<std::string> subject_alternatives(const CertificateRequest& request) {
  std::string out;
  const auto add = [&out](std::string_view kind, const std::string& name) -> Status {
    if (name.empty() ||
        name.find_first_not_of(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_*:") !=
            std::string::npos) {
      return Error::make(
          ErrorCode::InvalidArgument, "\"{}\" is not a name for a certificate", name);
    }
    out += fmt::format("{}{}:{}", out.empty() ? "" : ",", kind, name);
    return ok_status();
  };
  for (const std::string& name : request.dns_names) TK_TRY_VOID(add("DNS", name));
  for (const std::string& address : request.addresses) TK_TRY_VOID(add("IP", address));
  return out;
}

Result<OpensslX509> begin_certificate(EVP_PKEY* key, WallTime now, int days, Random& random) {
  OpensslX509 certificate(X509_new());
  if (!certificate || X509_set_version(certificate.get(), X509_VERSION_3) != 1 ||
      X509_set_pubkey(certificate.get(), key) != 1) {
    return failed("make a certificate");
  }
  TK_TRY_VOID(set_serial(certificate.get(), random));
  TK_TRY_VOID(set_validity(certificate.get(), now, days));
  return certificate;
}

}  // namespace

PeerCertificate describe_x509(X509* certificate) {
  PeerCertificate out;
  X509_NAME* subject = X509_get_subject_name(certificate);
  out.common_name = entry(subject, NID_commonName);
  out.organization = entry(subject, NID_organizationName);
  const OpensslBignum serial(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
  if (serial) {
    std::string bytes(static_cast<std::size_t>(BN_num_bytes(serial.get())), '\0');
    BN_bn2bin(serial.get(), reinterpret_cast<unsigned char*>(bytes.data()));
    out.serial = to_hex({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  }
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (X509_digest(certificate, EVP_sha256(), digest, &size) == 1)
    out.fingerprint = to_hex({digest, size});
  out.not_before = wall_of(X509_get0_notBefore(certificate));
  out.not_after = wall_of(X509_get0_notAfter(certificate));
  return out;
}

Result<PeerCertificate> describe_certificate(std::string_view pem) {
  TK_TRY(const OpensslX509 certificate, read_x509(pem));
  return describe_x509(certificate.get());
}

Status write_identity(const TlsIdentity& identity,
                      const std::string& certificate_path,
                      const std::string& key_path) {
  // The key first: a certificate without its key would be taken for a finished pair.
  TK_TRY_VOID(write_file_atomic(key_path, identity.key_pem, 0600));
  return write_file_atomic(certificate_path, identity.certificate_pem, 0644);
}

Result<TlsIdentity> read_identity(const std::string& certificate_path,
                                  const std::string& key_path) {
  TlsIdentity identity;
  struct stat info {};
  if (::stat(key_path.c_str(), &info) != 0) return Error::from_errno(errno, key_path);
  if ((info.st_mode & 077) != 0) {
    return Error::make(ErrorCode::PermissionDenied,
                       "{}: the private key is open to others (mode {:o}); chmod 0600 it, and "
                       "think of it as known",
                       key_path,
                       info.st_mode & 0777);
  }
  TK_TRY(identity.key_pem, read_file(key_path, 64 << 10));
  TK_TRY(identity.certificate_pem, read_file(certificate_path, 1 << 20));
  return identity;
}

Result<std::string> make_private_key() {
  TK_TRY(const OpensslKey key, generate_key());
  return pem_of(key.get());
}

Result<std::string> make_signing_request(const std::string& key_pem, std::string_view common_name) {
  TK_TRY(const OpensslKey key, read_private_key(key_pem));
  const OpensslRequest request(X509_REQ_new());
  if (!request) return failed("make a signing request");
  TK_TRY_VOID(set_name(X509_REQ_get_subject_name(request.get()), common_name, ""));
  if (X509_REQ_set_pubkey(request.get(), key.get()) != 1 ||
      X509_REQ_sign(request.get(), key.get(), EVP_sha256()) == 0) {
    return failed("sign a signing request");
  }
  const OpensslBio memory(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509_REQ(memory.get(), request.get()) != 1)
    return failed("write a signing request");
  return text_of(memory.get());
}

struct CertificateAuthority::Impl {
  OpensslX509 certificate;
  OpensslKey key;
  TlsIdentity identity;
  PeerCertificate description;

  Result<std::string> certify(EVP_PKEY* subject_key,
                              const CertificateRequest& request,
                              Random& random) const;
};

CertificateAuthority::CertificateAuthority(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
CertificateAuthority::CertificateAuthority(CertificateAuthority&&) noexcept = default;
CertificateAuthority& CertificateAuthority::operator=(CertificateAuthority&&) noexcept = default;
CertificateAuthority::~CertificateAuthority() = default;

const TlsIdentity& CertificateAuthority::identity() const {
  return impl_->identity;
}
const PeerCertificate& CertificateAuthority::description() const {
  return impl_->description;
}

Result<CertificateAuthority> CertificateAuthority::create(std::string_view common_name,
                                                          std::string_view organization,
                                                          WallTime now,
                                                          int days,
                                                          Random& random) {
  TK_TRY(const OpensslKey key, generate_key());
  TK_TRY(const OpensslX509 certificate, begin_certificate(key.get(), now, days, random));
  TK_TRY_VOID(set_name(X509_get_subject_name(certificate.get()), common_name, organization));
  if (X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get())) != 1) {
    return failed("set the issuer");
  }
  X509* self = certificate.get();
  TK_TRY_VOID(add_extension(self, self, NID_basic_constraints, "critical,CA:TRUE,pathlen:0"));
  TK_TRY_VOID(add_extension(self, self, NID_key_usage, "critical,keyCertSign,cRLSign"));
  TK_TRY_VOID(add_extension(self, self, NID_subject_key_identifier, "hash"));
  if (X509_sign(self, key.get(), EVP_sha256()) == 0)
    return failed("sign the authority's certificate");
  TlsIdentity identity;
  TK_TRY(identity.certificate_pem, pem_of(self));
  TK_TRY(identity.key_pem, pem_of(key.get()));
  return from_identity(identity);
}

Result<CertificateAuthority> CertificateAuthority::from_identity(const TlsIdentity& identity) {
  auto impl = std::make_unique<Impl>();
  TK_TRY(impl->certificate, read_x509(identity.certificate_pem));
  TK_TRY(impl->key, read_private_key(identity.key_pem));
  if (X509_check_private_key(impl->certificate.get(), impl->key.get()) != 1) {
    return openssl_error(ErrorCode::Corrupt,
                         "the authority's key does not belong to its certificate");
  }
  if (X509_check_ca(impl->certificate.get()) != 1) {
    return Error(ErrorCode::InvalidArgument,
                 "the certificate is not one of a certificate authority");
  }
  impl->identity = identity;
  impl->description = describe_x509(impl->certificate.get());
  return CertificateAuthority(std::move(impl));
}

Result<std::string> CertificateAuthority::Impl::certify(EVP_PKEY* subject_key,
                                                        const CertificateRequest& request,
                                                        Random& random) const {
  TK_TRY(const std::string alternatives, subject_alternatives(request));
  TK_TRY(const OpensslX509 made, begin_certificate(subject_key, request.now, request.days, random));
  X509* issuer = certificate.get();
  X509* leaf = made.get();
  TK_TRY_VOID(set_name(X509_get_subject_name(leaf), request.common_name, request.organization));
  if (X509_set_issuer_name(leaf, X509_get_subject_name(issuer)) != 1)
    return failed("set the issuer");
  TK_TRY_VOID(add_extension(leaf, issuer, NID_basic_constraints, "critical,CA:FALSE"));
  TK_TRY_VOID(add_extension(leaf, issuer, NID_key_usage, "critical,digitalSignature"));
  const char* usage = request.server && request.client ? "serverAuth,clientAuth"
                      : request.server                 ? "serverAuth"
                                                       : "clientAuth";
  TK_TRY_VOID(add_extension(leaf, issuer, NID_ext_key_usage, usage));
  TK_TRY_VOID(add_extension(leaf, issuer, NID_subject_key_identifier, "hash"));
  TK_TRY_VOID(add_extension(leaf, issuer, NID_authority_key_identifier, "keyid:always"));
  if (!alternatives.empty())
    TK_TRY_VOID(add_extension(leaf, issuer, NID_subject_alt_name, alternatives));
  if (X509_sign(leaf, key.get(), EVP_sha256()) == 0) return failed("sign a certificate");
  return pem_of(leaf);
}

Result<TlsIdentity> CertificateAuthority::issue(const CertificateRequest& request,
                                                Random& random) const {
  TK_TRY(const OpensslKey key, generate_key());
  TlsIdentity identity;
  TK_TRY(identity.certificate_pem, impl_->certify(key.get(), request, random));
  identity.certificate_pem += impl_->identity.certificate_pem;
  TK_TRY(identity.key_pem, pem_of(key.get()));
  return identity;
}

Result<std::string> CertificateAuthority::sign(std::string_view signing_request_pem,
                                               const CertificateRequest& request,
                                               Random& random) const {
  const OpensslBio memory(
      BIO_new_mem_buf(signing_request_pem.data(), static_cast<int>(signing_request_pem.size())));
  const OpensslRequest asked(PEM_read_bio_X509_REQ(memory.get(), nullptr, nullptr, nullptr));
  if (!asked)
    return openssl_error(ErrorCode::InvalidArgument, "not a certificate signing request in PEM");
  EVP_PKEY* key = X509_REQ_get0_pubkey(asked.get());
  if (key == nullptr || X509_REQ_verify(asked.get(), key) != 1) {
    return openssl_error(ErrorCode::InvalidArgument,
                         "the signing request is not signed with its own key");
  }
  // Weak keys would verify as well; ours are P-256.
  if (EVP_PKEY_get_security_bits(key) < 112) {
    return Error::make(ErrorCode::InvalidArgument,
                       "the signing request's key has {} bits of security, at least 112 are wanted",
                       EVP_PKEY_get_security_bits(key));
  }
  return impl_->certify(key, request, random);
}

}  // namespace tusker
