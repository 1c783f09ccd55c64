#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tusker {

// What an engine says of itself: name -> value as text. Numbers and booleans as JSON writes them;
// objects as JSON.
using Facts = std::map<std::string, std::string>;

// A value longer than this many bytes is left out of the facts.
inline constexpr std::size_t kMaxFactBytes = 64 << 10;

// The path and query that ask Hadoop's JMX servlet for one bean,
// "Hadoop:service=NameNode,name=FSNamesystemState". For a single attribute it computes no other
// one: some cost much, or log an exception while the daemon starts.
std::string jmx_path(std::string_view bean, const std::vector<std::string>& attributes);

// Those attributes of the first bean in a JMX answer. One that is itself a text of JSON may be
// followed by a pointer into it, "BPServiceActorInfo/0/LastHeartbeat", whose last part names the
// fact. NotFound: no such bean yet (a daemon
// registers its beans while it starts). An attribute that the bean lacks is left out. Corrupt: not
// such an answer.
Result<Facts> facts_of_jmx(std::string_view body, const std::vector<std::string>& attributes);

// From a JSON document: fact name -> RFC 6901 pointer. What a pointer does not find is left out.
// Corrupt: not JSON; InvalidArgument: not a pointer.
Result<Facts> facts_of_json(std::string_view body,
                            const std::map<std::string, std::string>& pointers);

}  // namespace tusker
