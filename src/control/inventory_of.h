#pragma once

#include "model/model.h"
#include "plan/inventory.h"

namespace tusker {

// What planning may use now, as a value. Pure.
Inventory inventory_of(const Model& model);

}  // namespace tusker
