#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"

namespace tusker {

// What a certificate says, of the other side of a connection or of our own.
struct PeerCertificate {
  std::string common_name;
  std::string organization;
  std::string serial;       // lower-case hex, without leading zeros
  std::string fingerprint;  // SHA-256 of the DER form, lower-case hex
  WallTime not_before;
  WallTime not_after;
};

// Reads the first certificate of a PEM text.
Result<PeerCertificate> describe_certificate(std::string_view pem);

// A certificate (followed by those that signed it, if any) and its private key, as PEM.
struct TlsIdentity {
  std::string certificate_pem;
  std::string key_pem;
};

// Keeps the key's file 0600 and refuses one that others may read. They block: start-up and workers
// only.
Status write_identity(const TlsIdentity& identity,
                      const std::string& certificate_path,
                      const std::string& key_path);
Result<TlsIdentity> read_identity(const std::string& certificate_path, const std::string& key_path);

// What a certificate is to say.
struct CertificateRequest {
  std::string common_name;
  std::string organization;  // we name the installation here
  std::vector<std::string> dns_names;
  std::vector<std::string> addresses;  // IPv4 or IPv6
  bool server = false;                 // may be used by a TLS server
  bool client = false;                 // may be used by a TLS client
  WallTime now;    // validity begins an hour before it, against clocks that are behind
  int days = 365;  // and ends so many days after it
};

// A new EC P-256 private key as PEM (PKCS #8).
Result<std::string> make_private_key();
// A signing request for the key, with this name. What it asks for beyond the name is ours to decide
// when we sign.
Result<std::string> make_signing_request(const std::string& key_pem, std::string_view common_name);

// Signs certificates. Immutable; any thread.
class CertificateAuthority {
 public:
  // A new one with its own key, valid for `days`.
  static Result<CertificateAuthority> create(std::string_view common_name,
                                             std::string_view organization,
                                             WallTime now,
                                             int days,
                                             Random& random);
  static Result<CertificateAuthority> from_identity(const TlsIdentity& identity);

  CertificateAuthority(CertificateAuthority&&) noexcept;
  CertificateAuthority& operator=(CertificateAuthority&&) noexcept;
  ~CertificateAuthority();

  // A new key and its certificate, followed by the authority's own: what a server of ours presents,
  // so that a client that knows only the authority's fingerprint can verify it.
  Result<TlsIdentity> issue(const CertificateRequest& request, Random& random) const;
  // The certificate for the key of a signing request (PEM). Only its key is taken, after its proof
  // of possession was checked; names, usage and validity are ours.
  Result<std::string> sign(std::string_view signing_request_pem,
                           const CertificateRequest& request,
                           Random& random) const;

  const TlsIdentity& identity() const;
  const PeerCertificate& description() const;  // its fingerprint is what clients pin

 private:
  struct Impl;
  explicit CertificateAuthority(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tusker
