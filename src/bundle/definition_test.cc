#include "bundle/definition.h"

#include <gtest/gtest.h>

#include <map>

#include "share/embedded.h"

namespace tusker {
namespace {

const std::string kHash(64, 'a');

const std::string kGood = R"(schema: bundle/v1
name: tool
version: 1.0
kind: component
mount: /opt/tool
maven:
  pom: pom.xml
  lock: bundle.lock
  class_path: lib
  copy:
    "org.a:extra:jar:1": share/extra.jar
files:
  bin/run: { from: run.sh, mode: "0755" }
links:
  bin/go: run
archive:
  image: node-image
  path: /opt/tool.jsa
  java: /usr/bin/java
  class_list: classes.lst
)";

using Files = std::map<std::string, std::string>;

Files files_with(const std::string& yaml) {
  return {{"components/tool/bundle.yaml", yaml},
          {"components/tool/pom.xml", "<project/>"},
          {"components/tool/bundle.lock",
           kHash + " 1 org.a:extra:jar:1\n" + kHash + " 1 org.a:core:jar:1\n"},
          {"components/tool/run.sh", "#!/bin/sh\n"},
          {"components/tool/classes.lst", "java/lang/Object\n"}};
}

Result<BundleDefinition> load(const Files& files) {
  return load_bundle_definition(
      "components/tool", [&files](std::string_view path) -> std::optional<std::string> {
        const auto found = files.find(std::string(path));
        return found == files.end() ? std::nullopt : std::optional(found->second);
      });
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string fault_of(const std::string& from, const std::string& to) {
  const auto definition = load(files_with(replaced(kGood, from, to)));
  return definition.ok() ? "accepted" : definition.error().message();
}

TEST(BundleDefinition, OfEveryBundleThatComesWithTheProgramIsRight) {
  int bundles = 0;
  for (const std::string_view path : list_embedded("components/")) {
    if (!path.ends_with("/bundle.yaml")) continue;
    const auto definition = load_bundle_definition(std::string(path.substr(0, path.rfind('/'))),
                                                   embedded_definitions());
    EXPECT_TRUE(definition.ok()) << definition.error().message();
    ++bundles;
  }
  EXPECT_GE(bundles, 2);
}

TEST(BundleDefinition, OfJavaHasSourcesAndAnArchiveWhoseImageCompilesThem) {
  const std::string java = "java: { sources: [java/Own.java], into: lib/own.jar }\n";
  Files files = files_with(kGood + java);
  files["components/tool/java/Own.java"] = "class Own {}";
  const auto definition = load(files);
  ASSERT_TRUE(definition.ok()) << definition.error().message();
  EXPECT_EQ(definition->java->into, "lib/own.jar");
  EXPECT_EQ(definition->java->sources,
            (std::map<std::string, std::string>{{"Own.java", "class Own {}"}}));

  const auto fault = [](const std::string& yaml) {
    const auto wrong = load(files_with(yaml));
    return wrong.ok() ? "accepted" : wrong.error().message();
  };
  EXPECT_NE(fault(kGood + java).find("java/Own.java does not exist"), std::string::npos);
  EXPECT_NE(
      fault(kGood + "java: { sources: [run.sh], into: lib/own.jar }\n").find("no source of Java"),
      std::string::npos);
  EXPECT_NE(fault(kGood.substr(0, kGood.find("archive:")) + java).find("needs an \"archive\""),
            std::string::npos);
}

TEST(BundleDefinition, TellsFileLineAndTheNearestNameOfAFault) {
  EXPECT_EQ(
      fault_of("class_path: lib", "clas_path: lib"),
      "components/tool/bundle.yaml:6: maven has no \"class_path\"\n"
      "components/tool/bundle.yaml:9: unknown key \"clas_path\"; did you mean \"class_path\"?");
  EXPECT_NE(
      fault_of("\"org.a:extra:jar:1\"", "\"org.a:extra:jar:2\"")
          .find(
              ":11: \"org.a:extra:jar:2\" is not in the lock; did you mean \"org.a:extra:jar:1\"?"),
      std::string::npos);
  EXPECT_NE(
      fault_of("from: run.sh", "from: runn.sh").find(":13: components/tool/runn.sh does not exist"),
      std::string::npos);
}

TEST(BundleDefinition, RefusesPathsThatLeaveTheBundle) {
  for (const char* path : {"../run", "/bin/run", "bin//run", "bin/../../run", "bin/./run"}) {
    EXPECT_NE(fault_of("bin/run:", std::string(path) + ":").find("is not a relative path"),
              std::string::npos)
        << path;
  }
  EXPECT_NE(fault_of("mount: /opt/tool", "mount: /opt/../etc").find("is not an absolute path"),
            std::string::npos);
  EXPECT_NE(fault_of("pom: pom.xml", "pom: ../hadoop/pom.xml").find("does not exist"),
            std::string::npos);
}

TEST(BundleDefinition, ReportsAllFaultsAtOnce) {
  const auto definition = load(files_with("schema: bundle/v2\nname: other\nkind: folder\n"));
  ASSERT_FALSE(definition.ok());
  for (const char* wanted : {":1: \"bundle/v2\"",
                             ":2: name is \"other\", wanted \"tool\"",
                             ":3: \"folder\" is not one of",
                             "has no \"version\"",
                             "exactly one of \"maven\" and \"python\""}) {
    EXPECT_NE(definition.error().message().find(wanted), std::string::npos)
        << wanted << "\n"
        << definition.error().message();
  }
}

TEST(BundleKey, IsThatOfTheContentAndNotOfCommentsOrThePom) {
  const auto base = load(files_with(kGood));
  ASSERT_TRUE(base.ok()) << base.error().message();
  const std::string key = bundle_key(*base, "amd64");
  Files same = files_with("# a comment\n" + kGood);
  same["components/tool/pom.xml"] = "<project><!-- same artefacts --></project>";
  same["components/tool/classes.lst"] = "java/lang/String\n";
  EXPECT_EQ(bundle_key(*load(same), "amd64"), key);
  EXPECT_NE(bundle_key(*base, "arm64"), key);
  EXPECT_NE(bundle_key(*load(files_with(replaced(kGood, "\"0755\"", "\"0750\""))), "amd64"), key);
  Files script = files_with(kGood);
  script["components/tool/run.sh"] += "true\n";
  EXPECT_NE(bundle_key(*load(script), "amd64"), key);
  Files java = files_with(kGood + "java: { sources: [Own.java], into: lib/own.jar }\n");
  java["components/tool/Own.java"] = "class Own {}";
  const std::string with_java = bundle_key(*load(java), "amd64");
  java["components/tool/Own.java"] = "class Own { int more; }";
  EXPECT_NE(with_java, key);
  EXPECT_NE(bundle_key(*load(java), "amd64"), with_java);
  EXPECT_NE(archive_key(*load(same)->archive, "sha256:a", "sha256:b"),
            archive_key(*base->archive, "sha256:a", "sha256:b"));
}

}  // namespace
}  // namespace tusker
