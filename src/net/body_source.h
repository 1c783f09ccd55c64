#pragma once

#include <functional>
#include <string>

#include "base/result.h"

namespace tusker {

// A response body in pieces, pulled: the next piece is asked for when the client has taken most of
// the last one.
class BodySource {
 public:
  using Deliver = std::function<void(Result<std::string>)>;

  virtual ~BodySource() = default;

  // Calls `deliver` once, now or later, on the loop: with the next piece, with "" at the end, or
  // with an Error, which breaks the connection off so that the client does not take the body for
  // complete. Not called again before it has delivered. The source is destroyed when the client is
  // gone; `deliver` may still be called then and does nothing.
  virtual void next(Deliver deliver) = 0;
};

}  // namespace tusker
