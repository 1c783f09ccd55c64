#pragma once

#include <cstdint>
#include <string_view>

namespace tusker::api {

// The API names kinds of disks by word and by number (docs/reference/semantics.md 2.4). All of them
// are files here: the words are kept and shown, and change nothing. 0 for a word that is none.
std::int64_t disk_type_number(std::string_view word);

}  // namespace tusker::api
