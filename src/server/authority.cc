#include "server/authority.h"

#include "base/encoding.h"
#include "base/file.h"
#include "server/token_file.h"

namespace tusker::server {

namespace {

constexpr std::string_view kTokenPrefix = "tkj1.";
constexpr int kAuthorityDays = 20 * 365;
constexpr int kHostDays = 10 * 365;
// The name that agents expect whatever address they dial: the authority is what they trust.
constexpr std::string_view kAgentsName = "agents.tusker.internal";

Result<CertificateAuthority> open_authority(const std::string& folder,
                                            const std::string& installation,
                                            WallTime now,
                                            Random& random) {
  const std::string certificate = folder + "/ca.crt";
  const std::string key = folder + "/ca.key";
  if (path_exists(certificate)) {
    TK_TRY(const TlsIdentity identity, read_identity(certificate, key));
    return CertificateAuthority::from_identity(identity);
  }
  TK_TRY(CertificateAuthority made,
         CertificateAuthority::create(
             "Tusker " + installation, installation, now, kAuthorityDays, random));
  TK_TRY_VOID(write_identity(made.identity(), certificate, key));
  return made;
}

Result<TlsIdentity> open_agents_identity(const CertificateAuthority& ca,
                                         const std::string& folder,
                                         const std::string& installation,
                                         WallTime now,
                                         Random& random) {
  const std::string certificate = folder + "/agents.crt";
  const std::string key = folder + "/agents.key";
  if (path_exists(certificate)) return read_identity(certificate, key);
  CertificateRequest request;
  request.common_name = std::string(kAgentsName);
  request.organization = installation;
  request.dns_names = {std::string(kAgentsName)};
  request.server = true;
  request.now = now;
  request.days = kAuthorityDays;
  TK_TRY(TlsIdentity made, ca.issue(request, random));
  TK_TRY_VOID(write_identity(made, certificate, key));
  return made;
}

}  // namespace

Result<Authority> Authority::open(const Paths& paths,
                                  const std::string& installation,
                                  WallTime now,
                                  Random& random) {
  TK_TRY_VOID(ensure_directory(paths.folder, 0700));
  TK_TRY(CertificateAuthority ca, open_authority(paths.folder, installation, now, random));
  TK_TRY(TlsIdentity agents, open_agents_identity(ca, paths.folder, installation, now, random));
  TK_TRY(std::string token,
         open_token_file(paths.join_token,
                         fmt::format("{}{}.", kTokenPrefix, ca.description().fingerprint),
                         random));
  return Authority(std::move(ca), std::move(agents), std::move(token), installation);
}

Result<std::shared_ptr<const TlsContext>> Authority::server_context() const {
  TlsServerOptions options;
  options.identity = agents_;
  options.clients = ClientCertificates::Optional;
  options.client_ca_pem = ca_.identity().certificate_pem;
  return TlsContext::server(options);
}

bool Authority::is_join_token(std::string_view presented) const {
  return equal_constant_time(presented, join_token_);
}

Result<Authority::HostCertificate> Authority::sign_host(std::string_view signing_request,
                                                        const std::string& host_id,
                                                        WallTime now,
                                                        Random& random) const {
  CertificateRequest request;
  request.common_name = host_id;
  request.organization = installation_;
  request.client = true;
  request.now = now;
  request.days = kHostDays;
  TK_TRY(std::string pem, ca_.sign(signing_request, request, random));
  TK_TRY(const PeerCertificate description, describe_certificate(pem));
  return HostCertificate{std::move(pem), description.serial};
}

}  // namespace tusker::server
