#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tusker {

// What s6-supervise says of a service, from supervise/status (s6 2.11; libs6's s6_svstatus_unpack).
// Read from the host through the node's service folder: no program is started to ask.
struct SupervisedState {
  pid_t pid = 0;  // in the node's pid namespace, 0: down
  bool wanted_up = false;
  bool finishing =
      false;  // `pid` is the finish script: the role is down and waits for its back-off
  std::int64_t since_wall_ms = 0;  // of the last change
  bool running() const { return pid != 0 && !finishing; }
};

// Nothing: s6-supervise has not begun with it yet.
std::optional<SupervisedState> read_supervised(const std::string& service);
std::optional<SupervisedState> parse_supervised(std::string_view status);

// Sends commands of s6-svc(8) ("u", "d", "r") to the service's supervisor. NotFound: there is none
// now; try later. Does not block.
Status command_service(const std::string& service, std::string_view commands);

// Tells s6-svscan to look again: "a" starts supervisors of new services, "an" also ends those of
// services that are gone.
Status command_scan(const std::string& scan_folder, std::string_view commands);

}  // namespace tusker
