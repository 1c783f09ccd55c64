#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "net/certificate.h"

namespace tusker {

enum class ClientCertificates {
  None,      // not asked for
  Optional,  // asked for; refused if it does not verify, fine if there is none
  Required,
};

struct TlsServerOptions {
  TlsIdentity identity;
  ClientCertificates clients = ClientCertificates::None;
  std::string client_ca_pem;  // signs clients' certificates; wanted unless None
};

struct TlsClientOptions {
  std::optional<TlsIdentity> identity;  // shown when the server asks
  // Whom to trust; exactly one: authorities as PEM, the fingerprint (SHA-256, hex) of the server's
  // certificate or of an authority that it presents, or the system's authorities when both are
  // empty.
  std::string ca_pem;
  std::string pinned_fingerprint;
  // The name that the server's certificate must be for, if it is not the host that is called. With
  // a pinned certificate of the server itself names do not matter.
  std::string server_name;
};

// TLS 1.2 and 1.3, sessions resumed, buffers released while idle. Built once, used by many
// connections; immutable, any thread.
//
// Handshakes run on the loop: 0.9 ms of CPU for a mutual one, less than a thread's detour is worth.
class TlsContext {
 public:
  struct Impl;

  static Result<std::shared_ptr<const TlsContext>> server(const TlsServerOptions& options);
  static Result<std::shared_ptr<const TlsContext>> client(const TlsClientOptions& options);

  explicit TlsContext(std::unique_ptr<Impl> impl);
  ~TlsContext();
  Impl& impl() const { return *impl_; }  // for src/net only

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace tusker
