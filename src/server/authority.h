#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "net/certificate.h"
#include "net/tls.h"

namespace tusker::server {

// The installation's own certificate authority, the agents' port's certificate, and the token by
// which a host joins.
//
// Files below `folder`, all 0600: ca.crt, ca.key, agents.crt, agents.key; join-token beside it.
// Made at the first start and kept: hosts pin the authority. Immutable after open(); loop thread.
class Authority {
 public:
  struct Paths {
    std::string folder;      // DATA/server/ca
    std::string join_token;  // DATA/server/join-token
  };

  static Result<Authority> open(const Paths& paths,
                                const std::string& installation,
                                WallTime now,
                                Random& random);

  // What the agents' port shows and asks for: a client certificate is optional, since one that
  // joins has none yet.
  Result<std::shared_ptr<const TlsContext>> server_context() const;

  // "tkj1.<fingerprint of the authority>.<secret>"
  const std::string& join_token() const { return join_token_; }
  bool is_join_token(std::string_view presented) const;

  // The certificate of a host, for ten years: it names the host (common name) and this installation
  // (organization). InvalidArgument: the signing request is not one.
  struct HostCertificate {
    std::string pem;
    std::string serial;
  };
  Result<HostCertificate> sign_host(std::string_view signing_request,
                                    const std::string& host_id,
                                    WallTime now,
                                    Random& random) const;

  const std::string& authority_pem() const { return ca_.identity().certificate_pem; }
  const std::string& installation() const { return installation_; }

 private:
  Authority(CertificateAuthority ca,
            TlsIdentity agents,
            std::string join_token,
            std::string installation)
      : ca_(std::move(ca)),
        agents_(std::move(agents)),
        join_token_(std::move(join_token)),
        installation_(std::move(installation)) {}

  CertificateAuthority ca_;
  TlsIdentity agents_;
  std::string join_token_;
  std::string installation_;
};

}  // namespace tusker::server
