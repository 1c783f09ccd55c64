#include "api/product.h"

#include <algorithm>
#include <array>

#include "api/errors.h"
#include "api/generated/error_codes.h"
#include "base/encoding.h"

namespace tusker::api {
namespace {

constexpr std::array<std::string_view, 4> kOtherProducts = {"tag", "cvm", "cdb", "sts"};

std::string_view first_label(std::string_view host) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (host.starts_with(scheme)) host.remove_prefix(scheme.size());
  }
  const std::size_t dot = host.find('.');
  return dot == std::string_view::npos ? std::string_view() : host.substr(0, dot);
}

// The third part of Credential=ID/DATE/SERVICE/tc3_request; empty when it does not look like that.
std::string_view scope_service(std::string_view authorization) {
  const std::size_t end = authorization.find("/tc3_request");
  if (end == std::string_view::npos) return {};
  const std::string_view before = authorization.substr(0, end);
  const std::size_t slash = before.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : before.substr(slash + 1);
}

}  // namespace

Status check_product(std::string_view host,
                     std::string_view authorization,
                     std::string_view action) {
  for (const std::string_view product : {first_label(host), scope_service(authorization)}) {
    if (std::ranges::find(kOtherProducts, product) == kOtherProducts.end()) continue;
    return api_error(
        code::kNoSuchProduct,
        "this server offers the product emr only; {} of the product {} does not exist here",
        cut_text(action, 100),
        product);
  }
  return ok_status();
}

}  // namespace tusker::api
