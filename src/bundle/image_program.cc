#include "bundle/image_program.h"

#include "bundle/tools.h"

namespace tusker {
namespace {

// Arguments: image, component, its place in a node, folder for the root, folder for /tmp, program.
constexpr const char* kRun = R"(set -e
mount -t squashfs -o loop,ro "$1" "$4"
if [ -d "$2" ]; then mount --bind -o ro "$2" "$4$3"; else mount -t squashfs -o loop,ro "$2" "$4$3"; fi
mount -t proc proc "$4/proc"
mount --bind "$5" "$4/tmp"
root=$4
shift 5
exec chroot "$root" /usr/bin/env -i PATH=/usr/bin:/bin LANG=C.UTF-8 "$@"
)";

}  // namespace

std::vector<std::string> command_of(const ImageProgram& program) {
  std::vector<std::string> argv = {"sh",
                                   "-c",
                                   kRun,
                                   "image",
                                   program.image,
                                   program.component,
                                   program.mount,
                                   program.root,
                                   program.exchange};
  argv.insert(argv.end(), program.argv.begin(), program.argv.end());
  return in_own_namespaces(std::move(argv));
}

}  // namespace tusker
