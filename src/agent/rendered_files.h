#pragma once

#include <google/protobuf/repeated_ptr_field.h>

#include <functional>
#include <string>

#include "agent/host_layout.h"
#include "base/result.h"

namespace tusker {

namespace link {
class File;
}

using FileList = google::protobuf::RepeatedPtrField<link::File>;
// Bytes of a file by digest.
using ContentSource = std::function<Result<std::string>(const std::string& digest)>;

// FileSet::digest() of the files that are no secrets. What NodeStatus.files_digest reports.
std::string files_digest(const FileList& files);

// All files are in place below NodeLayout::files(): a folder per set, and the link `active`,
// switched to it in one step. Readers go by the folder `current`, whose links lead through
// `active`: they see one set or the other. It is no link itself, since a JVM looks up once where a
// folder of its class path really is, and would go on reading a set that is out of force or gone.
// Sets older than the one before are removed. Returns the set's name, files_digest().
// InvalidArgument: a path or digest that is none.
Result<std::string> ensure_files(const NodeLayout& node,
                                 const FileList& files,
                                 const ContentSource& source);
// The name of the set in force; empty if there is none.
std::string files_in_force(const NodeLayout& node);
// No set is left: what a power cut left of one may be incomplete.
Status clear_files(const NodeLayout& node);

// NodeLayout::secrets(), on tmpfs, holds exactly the secret ones.
Status ensure_secrets(const NodeLayout& node, const FileList& files);

}  // namespace tusker
