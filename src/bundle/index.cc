#include "bundle/index.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>

#include "base/encoding.h"
#include "base/file.h"

namespace tusker {
namespace {

namespace json = boost::json;

constexpr std::int64_t kFormat = 1;

std::optional<BundleKind> kind_from(std::string_view text) {
  for (const BundleKind kind : {BundleKind::Image, BundleKind::Component, BundleKind::Archive}) {
    if (to_string(kind) == text) return kind;
  }
  return std::nullopt;
}

std::string text_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr) return "";
  return json::value_to<std::string>(*value);
}

// Throws what Boost.JSON throws when a field is of another type.
std::optional<BundleEntry> read_entry(const json::object& object) {
  BundleEntry entry;
  entry.name = text_at(object, "name");
  entry.version = text_at(object, "version");
  entry.digest = text_at(object, "digest");
  entry.key = text_at(object, "key");
  entry.size = object.at("size").to_number<std::uint64_t>();
  if (const json::value* added = object.if_contains("added_wall_ms"))
    entry.added.ms = added->to_number<std::int64_t>();
  if (const json::value* facts = object.if_contains("facts")) {
    entry.facts = json::value_to<std::map<std::string, std::string>>(*facts);
  }
  if (const json::value* jars = object.if_contains("class_path")) {
    entry.class_path = json::value_to<std::vector<std::string>>(*jars);
  }
  entry.archive_of_image = text_at(object, "archive_of_image");
  entry.archive_of_bundle = text_at(object, "archive_of_bundle");

  const auto kind = kind_from(text_at(object, "kind"));
  if (!kind || entry.name.empty() || !is_digest(entry.digest)) return std::nullopt;
  const bool archive = *kind == BundleKind::Archive;
  if (archive != is_digest(entry.archive_of_image) || archive != is_digest(entry.archive_of_bundle))
    return std::nullopt;
  entry.kind = *kind;
  return entry;
}

json::object write_entry(const BundleEntry& entry) {
  json::object object{{"name", entry.name},
                      {"version", entry.version},
                      {"kind", to_string(entry.kind)},
                      {"digest", entry.digest},
                      {"size", entry.size},
                      {"key", entry.key},
                      {"added_wall_ms", entry.added.ms},
                      {"facts", json::value_from(entry.facts)}};
  if (!entry.class_path.empty()) object["class_path"] = json::value_from(entry.class_path);
  if (entry.kind == BundleKind::Archive) {
    object["archive_of_image"] = entry.archive_of_image;
    object["archive_of_bundle"] = entry.archive_of_bundle;
  }
  return object;
}

bool is_same(const BundleEntry& one, const BundleEntry& other) {
  return one.digest == other.digest && one.name == other.name && one.kind == other.kind;
}

Error not_an_index(std::string_view why) {
  return Error::make(ErrorCode::Corrupt,
                     "not an index of bundles: {}; run `tusker bundle build` to make a new one",
                     why);
}

}  // namespace

std::string_view to_string(BundleKind kind) {
  switch (kind) {
    case BundleKind::Image:
      return "image";
    case BundleKind::Component:
      return "component";
    case BundleKind::Archive:
      return "archive";
  }
  TK_CHECK(false, "bundle kind {}", static_cast<int>(kind));
}

Result<BundleIndex> BundleIndex::parse(std::string_view text) {
  BundleIndex index;
  try {
    const json::object root = json::parse(text).as_object();
    const std::int64_t format = root.at("format").as_int64();
    if (format != kFormat)
      return not_an_index(fmt::format("format {}, this version reads {}", format, kFormat));
    for (const json::value& value : root.at("bundles").as_array()) {
      auto entry = read_entry(value.as_object());
      if (!entry)
        return not_an_index(fmt::format("bundle {} has no name, kind or well-formed digest",
                                        index.entries_.size()));
      index.entries_.push_back(*std::move(entry));
    }
  } catch (const std::exception& e) {
    return not_an_index(e.what());
  }
  return index;
}

Result<BundleIndex> BundleIndex::load(const std::string& blobs) {
  const std::string path = blobs + "/index.json";
  Result<std::string> text = read_file(path);
  if (!text.ok() && text.error().code() == ErrorCode::NotFound) return BundleIndex();
  if (!text.ok()) return std::move(text).error();
  return parse(*text).context("{}", path);
}

const BundleEntry* BundleIndex::newest(std::string_view name, BundleKind kind) const {
  for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
    if (entry->name == name && entry->kind == kind) return &*entry;
  }
  return nullptr;
}

const BundleEntry* BundleIndex::find(std::string_view digest) const {
  const auto at = std::ranges::find(entries_, digest, &BundleEntry::digest);
  return at == entries_.end() ? nullptr : &*at;
}

const BundleEntry* BundleIndex::with_key(std::string_view name,
                                         BundleKind kind,
                                         std::string_view key) const {
  for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
    if (entry->name == name && entry->kind == kind && entry->key == key) return &*entry;
  }
  return nullptr;
}

const BundleEntry* BundleIndex::archive_for(std::string_view image_digest,
                                            std::string_view bundle_digest) const {
  for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
    if (entry->kind == BundleKind::Archive && entry->archive_of_image == image_digest &&
        entry->archive_of_bundle == bundle_digest) {
      return &*entry;
    }
  }
  return nullptr;
}

std::vector<BundleEntry> BundleIndex::newest_set() const {
  std::vector<BundleEntry> set;
  for (const BundleEntry& entry : entries_) {
    const bool archive = entry.kind == BundleKind::Archive;
    const BundleEntry* image = archive ? find(entry.archive_of_image) : nullptr;
    const BundleEntry* bundle = archive ? find(entry.archive_of_bundle) : nullptr;
    const bool wanted = archive ? image != nullptr && bundle != nullptr &&
                                      newest(image->name, image->kind) == image &&
                                      newest(bundle->name, bundle->kind) == bundle &&
                                      archive_for(image->digest, bundle->digest) == &entry
                                : newest(entry.name, entry.kind) == &entry;
    if (wanted) set.push_back(entry);
  }
  return set;
}

void BundleIndex::put(BundleEntry entry) {
  std::erase_if(entries_, [&](const BundleEntry& old) { return is_same(old, entry); });
  entries_.push_back(std::move(entry));
}

void BundleIndex::adopt(BundleEntry entry, WallTime now) {
  if (std::ranges::any_of(entries_,
                          [&](const BundleEntry& known) { return is_same(known, entry); }))
    return;
  // The server takes the last one added, so that is what it has to be, whatever the clocks say.
  entry.added = now;
  for (const BundleEntry& known : entries_) entry.added = std::max(entry.added, known.added);
  entries_.push_back(std::move(entry));
}

// A line per bundle: people look at it, and differences stay small.
std::string BundleIndex::to_json() const {
  std::string out = fmt::format("{{\"format\": {}, \"bundles\": [", kFormat);
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    out += i == 0 ? "\n" : ",\n";
    out += json::serialize(write_entry(entries_[i]));
  }
  return out + "\n]}\n";
}

Status BundleIndex::save(const std::string& blobs) const {
  return write_file_atomic(blobs + "/index.json", to_json(), 0644);
}

std::string blob_path(const std::string& blobs, std::string_view digest) {
  return fmt::format("{}/{}", blobs, digest);
}

bool lies_there(const BundleEntry& entry, const std::string& blobs) {
  std::error_code error;
  return std::filesystem::file_size(blob_path(blobs, entry.digest), error) == entry.size && !error;
}

std::string title_of(const BundleEntry& entry) {
  const bool archive = entry.kind == BundleKind::Archive;
  return fmt::format("{} {}{}", entry.name, entry.version, archive ? " archive" : "");
}

}  // namespace tusker
