#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "api/authorization.h"
#include "api/common_parameters.h"
#include "api/request.h"
#include "api/sign.h"
#include "base/clock.h"
#include "base/sealed.h"
#include "model/model.h"
#include "proto/store.pb.h"

namespace tusker::api {

// How far a request's timestamp may be from our clock.
inline constexpr std::int64_t kTimestampWindowSeconds = 300;

// Finds out whose key signed a request. Every request is verified anew: only derived keys are kept,
// no verdicts. Loop thread only; model, sealer and clock outlive it.
class SignatureVerifier {
 public:
  SignatureVerifier(const Model& model, const Sealer& sealer, const Clock& clock)
      : model_(model), sealer_(sealer), clock_(clock) {}

  // The key's row, which lives until the model changes. Errors carry AuthFailure.* or
  // MissingParameter; their messages never say what the right signature would have been.
  Result<const store::AccessKey*> verify(const ApiRequest& request, const CommonParameters& common);

 private:
  // The last one of a secret.
  struct DerivedKey {
    std::string sealed;  // the secret it was derived from: a replaced one is noticed
    std::string date;
    std::string service;
    HmacKey key;

    bool is_of(const store::AccessKey& row, const Authorization& authorization) const;
  };

  Result<const store::AccessKey*> verify_tc3(const ApiRequest& request,
                                             const CommonParameters& common);
  Result<const store::AccessKey*> verify_v1(const ApiRequest& request,
                                            const CommonParameters& common);
  Result<std::int64_t> check_timestamp(std::string_view text) const;
  Result<const store::AccessKey*> find_key(std::string_view secret_id) const;

  const Model& model_;
  const Sealer& sealer_;
  const Clock& clock_;
  std::unordered_map<std::string, DerivedKey, TextHash, std::equal_to<>> keys_;  // by SecretId
};

}  // namespace tusker::api
