#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "api/action.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "base/sealed.h"

namespace tusker {
class Controller;
class Journal;
class Model;
class PageAccess;
class Store;
struct Definitions;
}  // namespace tusker

namespace tusker::api {

// What handlers work with. All of it outlives the service; loop thread only.
struct Services {
  const Model& model;
  Controller& controller;
  Journal& journal;
  Store& store;
  const Definitions& definitions;
  const Clock& clock;
  Random& random;
  const Sealer& sealer;
  Log log;
  PageAccess& page_access;
};

// Who calls, as its signature proved.
struct Caller {
  std::string secret_id;
  std::uint64_t account = 0;
  bool read_only = false;
};

// One authenticated call. Lives until its answer is given.
class Call {
 public:
  Call(const Services& shared,
       Caller who,
       std::string_view asked_region,
       std::string_view from,
       std::string_view id)
      : services(shared),
        caller(std::move(who)),
        region(asked_region),
        peer(from),
        request_id(id) {}

  const Services& services;
  const Caller caller;
  const std::string region;  // as asked, or the server's own
  const std::string peer;
  const std::string request_id;
  std::string parameters_digest;  // of the action's own parameters: the same for a retry with a new
                                  // signature
  std::string cluster_id;         // what the call is about, for the operation log; set by handlers
};

}  // namespace tusker::api
