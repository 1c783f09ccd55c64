// Runs a fuzz target over the files named on the command line, each also cut short at every byte
// and with every byte changed once: what a build without libFuzzer can do with seeds.

#include <cstdint>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

void run_variants(std::string input) {
  for (std::size_t i = 0; i < input.size(); ++i) {
    run(input.substr(0, i));
    const char kept = input[i];
    for (const char other : {'\0', '"', '%', '\xff', '{'}) {
      input[i] = other;
      run(input);
    }
    input[i] = kept;
  }
}

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    if (!file) {
      std::cerr << "cannot read " << argv[i] << "\n";
      return 1;
    }
    const std::string input{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    run(input);
    if (input.size() <= 2048) run_variants(input);
  }
  std::cout << argc - 1 << " seeds\n";
  return argc > 1 ? 0 : 1;
}
