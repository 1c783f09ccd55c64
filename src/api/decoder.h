#pragma once

#include "api/schema.h"
#include "api/value.h"
#include "base/result.h"

namespace tusker::api {

// Checks `object` against the catalogue and, when `target` is not null, fills that struct (of
// schema.binding's type).
//
// Errors carry the documented code: UnknownParameter, MissingParameter, InvalidParameter (type, or
// a name twice), InvalidParameterValue (range, length, word, count) or the field's own; the message
// names the parameter by its whole path, what was found and what would be right. `null` is absent.
// A decimal text serves where an integer is declared. After an error `target` holds part of the
// values.
Status decode(const ObjectSchema& schema, const Value& object, void* target);

}  // namespace tusker::api
