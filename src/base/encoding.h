#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tusker {

std::string to_hex(std::span<const std::uint8_t> bytes);  // lower case
Result<std::string> from_hex(std::string_view text);      // either case; bytes as a string
std::string to_base64(std::string_view bytes);            // RFC 4648 section 4, padded
Result<std::string> from_base64(
    std::string_view text);  // strict: alphabet, padding, no white space

// SHA-256 (FIPS 180-4).
using Sha256Digest = std::array<std::uint8_t, 32>;
Sha256Digest sha256(std::string_view bytes);
std::string sha256_hex(std::string_view bytes);
// Of a file's content; reads it once, in blocks. Blocks: never on the loop for a file of unknown
// size.
Result<std::string> sha256_hex_of_file(const std::string& path);

// At most `limit` bytes of a UTF-8 text, cut between characters: half a character cannot be stored
// in a row and read again.
std::string cut_text(std::string_view text, std::size_t limit);

// Whether a text from outside is "sha256:" and 64 lower-case hex digits: the only form that may
// become a blob's file name.
bool is_digest(std::string_view text);

// In time that depends on the lengths only.
bool equal_constant_time(std::string_view a, std::string_view b);

}  // namespace tusker
