#pragma once

#include <string>
#include <vector>

namespace tusker {

// A program of an image, with a component where nodes have it. What the two exchange with us is in
// /tmp.
struct ImageProgram {
  std::string image;      // squashfs file
  std::string component;  // squashfs file, or folder; not changed
  std::string mount;      // where nodes have the component
  std::string root;       // an empty folder to mount in
  std::string exchange;   // the folder that is its /tmp
  std::vector<std::string> argv;
};

// The command that runs it, in namespaces of its own: its mounts and their loop devices end with
// it. Root.
std::vector<std::string> command_of(const ImageProgram& program);

}  // namespace tusker
