#pragma once

// For src/net only: what a TlsContext is made of, and connections of it.

#include <map>
#include <mutex>
#include <string>

#include "net/openssl.h"
#include "net/tls.h"

namespace tusker {

struct TlsContext::Impl {
  OpensslContext context;
  bool server = false;
  std::string pinned_fingerprint;
  std::string server_name;

  // The last session with each "host:port", for a shorter handshake next time.
  std::mutex mutex;  // guards sessions
  std::map<std::string, OpensslSession> sessions;
};

// A new connection over the descriptor, which it does not own; writing to a closed one raises no
// signal. For clients `host` is the name to verify and `session_key` names the sessions to resume.
Result<OpensslSsl> make_ssl(const TlsContext& context,
                            int fd,
                            const std::string& host,
                            const std::string& session_key);

}  // namespace tusker
