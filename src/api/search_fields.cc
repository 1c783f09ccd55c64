#include "api/search_fields.h"

#include "api/errors.h"
#include "api/generated/error_codes.h"
#include "base/encoding.h"

namespace tusker::api {

Result<std::string_view> searched_address(const std::vector<SearchItem>& fields) {
  std::string_view address;
  for (const SearchItem& field : fields) {
    if (field.search_type != "ipv4") {
      return api_error(code::kInvalidParameterValue,
                       "SearchFields: SearchType is \"{}\"; expected ipv4",
                       cut_text(field.search_type, 64));
    }
    address = field.search_value;
  }
  return address;
}

}  // namespace tusker::api
