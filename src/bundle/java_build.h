#pragma once

#include "base/result.h"
#include "bundle/definition.h"
#include "bundle/tools.h"
#include "bundle/tree.h"
#include "bundle/workspace.h"

namespace tusker {

// Compiles the definition's own Java with all jars of its class path, which the tree has, and puts
// the jar into the tree. The compiler is that of the image's Java, so that no machine needs one,
// and equal sources give equal bytes. `scratch` is of the tree's file system.
// FailedPrecondition: what the compiler says.
Status compile_java(const BundleDefinition& definition,
                    const BundleEntry& image,
                    const std::vector<std::string>& class_path,
                    const ScratchFolder& scratch,
                    const Tree& tree,
                    const Tools& tools,
                    const Workspace& workspace);

}  // namespace tusker
