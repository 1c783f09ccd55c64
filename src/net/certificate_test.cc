#include "net/certificate.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/testing/temporary_folder.h"
#include "net/testing/test_certificates.h"

namespace tusker {
namespace {

const WallTime kNow{1795579200000};  // 2026-11-25 04:00:00 UTC

TEST(Certificate, SaysWhatWasAskedFor) {
  TestCertificates certificates;
  CertificateRequest request = certificates.base("host-1");
  request.now = kNow;
  request.days = 7;
  request.client = true;
  const auto issued = certificates.authority.issue(request, certificates.random());
  ASSERT_TRUE(issued.ok()) << issued.error().message();
  const PeerCertificate said = *describe_certificate(issued->certificate_pem);
  EXPECT_EQ(said.common_name, "host-1");
  EXPECT_EQ(said.organization, "installation-1");
  EXPECT_EQ(said.serial.size(), 32U);
  EXPECT_EQ(said.fingerprint.size(), 64U);
  EXPECT_EQ(to_text(said.not_before), "2026-11-25 03:00:00")
      << "an hour earlier, for clocks that are behind";
  EXPECT_EQ(to_text(said.not_after), "2026-12-02 04:00:00");
}

TEST(Certificate, HasASerialNumberOfItsOwn) {
  TestCertificates certificates;
  EXPECT_NE(describe_certificate(certificates.server().certificate_pem)->serial,
            describe_certificate(certificates.server().certificate_pem)->serial);
}

TEST(Certificate, OfAServerIsFollowedByItsAuthority) {
  TestCertificates certificates;
  EXPECT_TRUE(certificates.server().certificate_pem.ends_with(certificates.ca_pem()));
}

TEST(CertificateAuthority, IsTheSameAfterBeingReadAgain) {
  TestCertificates certificates;
  const auto again = CertificateAuthority::from_identity(certificates.authority.identity());
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->description().fingerprint, certificates.authority.description().fingerprint);
}

TEST(CertificateAuthority, WantsACertificateOfAnAuthorityAndItsKey) {
  TestCertificates certificates;
  TestCertificates other;
  EXPECT_EQ(CertificateAuthority::from_identity(certificates.server()).error().code(),
            ErrorCode::InvalidArgument);
  EXPECT_EQ(CertificateAuthority::from_identity(
                {certificates.ca_pem(), other.authority.identity().key_pem})
                .error()
                .code(),
            ErrorCode::Corrupt);
}

TEST(CertificateAuthority, SignsTheKeyOfARequestAndChoosesTheRest) {
  TestCertificates certificates;
  const std::string key = *make_private_key();
  const std::string asked = *make_signing_request(key, "whatever the host calls itself");
  CertificateRequest wanted = certificates.base("host-7");
  wanted.client = true;
  const auto pem = certificates.authority.sign(asked, wanted, certificates.random());
  ASSERT_TRUE(pem.ok()) << pem.error().message();
  EXPECT_EQ(describe_certificate(*pem)->common_name, "host-7");
}

TEST(CertificateAuthority, RefusesARequestThatIsNotSignedWithItsKey) {
  TestCertificates certificates;
  std::string asked = *make_signing_request(*make_private_key(), "host");
  EXPECT_EQ(
      certificates.authority.sign("", certificates.base("x"), certificates.random()).error().code(),
      ErrorCode::InvalidArgument);
  const std::size_t middle = asked.size() - 70;  // within the signature
  asked[middle] = asked[middle] == 'A' ? 'B' : 'A';
  EXPECT_EQ(certificates.authority.sign(asked, certificates.base("x"), certificates.random())
                .error()
                .code(),
            ErrorCode::InvalidArgument);
}

TEST(CertificateAuthority, RefusesNamesThatDoNotFit) {
  TestCertificates certificates;
  CertificateRequest request = certificates.base(std::string(65, 'x'));
  EXPECT_EQ(certificates.authority.issue(request, certificates.random()).error().code(),
            ErrorCode::InvalidArgument);
  request = certificates.base("x");
  request.dns_names = {"a,IP:1.2.3.4"};
  EXPECT_EQ(certificates.authority.issue(request, certificates.random()).error().code(),
            ErrorCode::InvalidArgument);
  request.dns_names = {};
  request.addresses = {"999.1.1.1"};
  EXPECT_EQ(certificates.authority.issue(request, certificates.random()).error().code(),
            ErrorCode::InvalidArgument);
  request.addresses = {};
  request.days = 0;
  EXPECT_EQ(certificates.authority.issue(request, certificates.random()).error().code(),
            ErrorCode::InvalidArgument);
}

TEST(TlsIdentity, KeepsItsKeyToItself) {
  TestCertificates certificates;
  const TemporaryFolder folder;
  const std::string certificate = folder.path() + "/a.crt";
  const std::string key = folder.path() + "/a.key";
  const TlsIdentity identity = certificates.server();
  ASSERT_TRUE(write_identity(identity, certificate, key).ok());
  struct stat info {};
  ASSERT_EQ(::stat(key.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600U);
  EXPECT_EQ(read_identity(certificate, key)->key_pem, identity.key_pem);
  ::chmod(key.c_str(), 0640);
  EXPECT_EQ(read_identity(certificate, key).error().code(), ErrorCode::PermissionDenied);
}

}  // namespace
}  // namespace tusker
