#pragma once

#include <vector>

#include "base/result.h"
#include "plan/inventory.h"
#include "plan/java.h"
#include "plan/request_checks.h"

namespace tusker {

// The files that a cluster's nodes run from.
struct ChosenBundles {
  store::Bundle image;
  std::vector<store::Bundle> components;  // distinct, in the components' order
  std::vector<store::Bundle> archives;    // of those that have one for this image

  std::vector<store::Mount> mounts() const;
};

// The newest image that some host can run. FailedPrecondition (FailedOperation): there is none;
// says the command that makes one.
Result<store::Bundle> newest_image(const Inventory& inventory);

// The newest image that some connected host can run, and of each component's version the newest
// bundle. FailedPrecondition (FailedOperation) names what is missing and the command that fetches
// it; a missing archive is no error.
Result<ChosenBundles> choose_bundles(const Inventory& inventory, const CheckedRequest& request);

// What the JVMs of a recorded node run from, by its mounts and in their order. FailedPrecondition:
// a bundle has no row any more.
Result<std::vector<JavaBundle>> java_bundles_of(const store::Node& node,
                                                const std::vector<store::Bundle>& bundles);

}  // namespace tusker
