#pragma once

// For src/net only: how a WebSocket begins.

#include <functional>
#include <memory>
#include <string>

#include "net/http_client.h"
#include "net/websocket.h"

namespace tusker {

class EventLoop;
class Socket;

// The server's side: answers a request with this Sec-WebSocket-Key and calls `ready`, unless the
// client is gone.
void accept_websocket_session(EventLoop& loop,
                              std::shared_ptr<Socket> socket,
                              const std::string& key,
                              const WebSocketOptions& options,
                              std::function<void(std::unique_ptr<WebSocket>)> ready);

// The client's side: sends the request and calls `done` with the WebSocket or what the server said
// instead. Closing the socket ends it with an Error.
void request_websocket_session(EventLoop& loop,
                               std::shared_ptr<Socket> socket,
                               const HttpCall& call,
                               const WebSocketOptions& options,
                               std::function<void(Result<WebSocketAnswer>)> done);

}  // namespace tusker
