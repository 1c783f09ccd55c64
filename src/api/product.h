#pragma once

#include <string_view>

#include "base/result.h"

namespace tusker::api {

// Clients such as Terraform call several products under one domain, so on one port. NoSuchProduct
// when the Host header or the scope of the signature names one that is not EMR; any other word is
// fine, since SDKs take theirs from the address.
Status check_product(std::string_view host,
                     std::string_view authorization,
                     std::string_view action);

}  // namespace tusker::api
