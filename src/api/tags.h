#pragma once

#include <google/protobuf/repeated_ptr_field.h>

#include <string_view>
#include <vector>

#include "api/arena.h"
#include "api/generated/types.h"
#include "base/result.h"
#include "proto/store.pb.h"

namespace tusker::api {

// Keys of 1 to 127 bytes, each once, values of up to 255 (docs/reference/semantics.md 12).
// InvalidParameter.InvalidTagsGroup names `parameter`.
Status check_tags(std::string_view parameter, const std::vector<Tag>& tags);
// The same of tags that a cluster is to get: those of ours have a meaning (plan/lifetime.h).
Status check_new_tags(std::string_view parameter, const std::vector<Tag>& tags);

using TagRows = google::protobuf::RepeatedPtrField<store::Tag>;

// A key that is there gets the value, one that is not is added behind the others.
void set_tags(const std::vector<Tag>& tags, TagRows& rows);
// By key, whatever the value.
void delete_tags(const std::vector<Tag>& tags, TagRows& rows);

// A cluster's tags as answers show them; borrows from the row.
List<answer::Tag> shown_tags(const store::Cluster& cluster, Arena& arena);

}  // namespace tusker::api
