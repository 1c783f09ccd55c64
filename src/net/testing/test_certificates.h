#pragma once

#include <string>

#include "base/check.h"
#include "base/clock.h"
#include "net/certificate.h"

namespace tusker {

// An authority and what it issued, made anew in each test. Keys are real, serial numbers come from
// a seed.
class TestCertificates {
 public:
  TestCertificates()
      : authority(must(CertificateAuthority::create(
            "test authority", "installation-1", now(), 30, random_))) {}

  static WallTime now() { return SystemClock().wall(); }

  TlsIdentity server(const std::string& dns_name = "localhost",
                     const std::string& address = "127.0.0.1") {
    CertificateRequest request = base("server");
    request.server = true;
    request.dns_names = {dns_name};
    request.addresses = {address};
    return must(authority.issue(request, random_));
  }
  TlsIdentity client(const std::string& name = "host-1") {
    CertificateRequest request = base(name);
    request.client = true;
    return must(authority.issue(request, random_));
  }
  CertificateRequest base(const std::string& name) const {
    CertificateRequest request;
    request.common_name = name;
    request.organization = "installation-1";
    request.now = now();
    request.days = 10;
    return request;
  }
  const std::string& ca_pem() const { return authority.identity().certificate_pem; }
  Random& random() { return random_; }

  template <typename T>
  static T must(Result<T> result) {
    TK_CHECK(result.ok(), "{}", result.error().message());
    return *std::move(result);
  }

 private:
  SeededRandom random_{20261125};

 public:
  CertificateAuthority authority;
};

}  // namespace tusker
