#include <gtest/gtest.h>

#include <algorithm>

#include "api/action.h"
#include "api/json_writer.h"
#include "api/testing/api_world.h"

namespace tusker::api {
namespace {

// The least that a value of this field can be; of the wrong type on request.
std::string minimal_value(const FieldSchema& field);

std::string minimal_object(const ObjectSchema& schema) {
  std::string out = "{";
  for (const FieldSchema& field : schema.fields) {
    if (!field.required) continue;
    if (out.size() > 1) out += ",";
    append_json(out, field.name);
    out += ":" + (field.array ? "[" + minimal_value(field) + "]" : minimal_value(field));
  }
  return out + "}";
}

std::string minimal_value(const FieldSchema& field) {
  switch (field.type) {
    case FieldType::Object:
      return minimal_object(*field.object);
    case FieldType::Bool:
      return "true";
    case FieldType::String: {
      std::string out;
      append_json(out,
                  field.words.empty() ? std::string_view("xxxxxxxxxxxx") : field.words.front());
      return out;
    }
    default:
      if (!field.numbers.empty()) return std::to_string(field.numbers.front());
      return std::to_string(static_cast<std::int64_t>(std::max(field.min, 1.0)));
  }
}

std::string wrong_value(const FieldSchema& field) {
  return field.array ? "7" : field.type == FieldType::Object ? "[]" : "{}";
}

// Each test walks all actions: one process for all, since each starts a whole world.
class Catalogue : public ::testing::Test {
 protected:
  ApiWorld world;  // none of these requests may change anything in it
};

TEST_F(Catalogue, RefusesARequestWithoutCredentials) {
  for (const ActionInfo& action : all_actions()) {
    RawRequest request = world.signed_request(action.name, "{}");
    request.drop("Authorization");
    EXPECT_TRUE(world.send(request).code.starts_with("AuthFailure.")) << action.name;
  }
}

TEST_F(Catalogue, RefusesEveryParameterOfAWrongTypeByName) {
  for (const ActionInfo& action : all_actions()) {
    for (const FieldSchema& field : action.request->fields) {
      const Answered answered =
          world.call(action.name, fmt::format("{{\"{}\":{}}}", field.name, wrong_value(field)));
      const bool refused = answered.code.starts_with("InvalidParameter") ||
                           (action.stream && answered.code == "UnsupportedOperation");
      EXPECT_TRUE(refused) << action.name << "." << field.name << ": " << answered.code;
      EXPECT_NE(answered.message.find(field.name), std::string::npos) << answered.message;
    }
  }
}

TEST_F(Catalogue, RefusesAParameterThatAnActionDoesNotHave) {
  for (const ActionInfo& action : all_actions()) {
    EXPECT_EQ(world.call(action.name, R"({"NoSuchThing":1})").code, "UnknownParameter")
        << action.name;
  }
}

TEST_F(Catalogue, NamesARequiredParameterThatIsMissing) {
  for (const ActionInfo& action : all_actions()) {
    if (!std::ranges::any_of(action.request->fields, &FieldSchema::required)) continue;
    EXPECT_EQ(world.call(action.name, "{}").code, "MissingParameter") << action.name;
  }
}

TEST_F(Catalogue, WorksOrSaysThatItIsNotBuilt) {
  for (const ActionInfo& action : all_actions()) {
    const Answered answered = world.call(action.name, minimal_object(*action.request));
    if (action.handler == nullptr) {
      EXPECT_EQ(answered.code, "UnsupportedOperation") << action.name << ": " << answered.message;
      EXPECT_NE(answered.message.find(action.name), std::string::npos) << answered.message;
      continue;
    }
    for (const std::string_view failure :
         {"UnknownParameter", "InternalError", "InvalidAction", "AuthFailure"}) {
      EXPECT_FALSE(answered.code.starts_with(failure))
          << action.name << ": " << answered.code << ": " << answered.message;
    }
  }
  EXPECT_TRUE(world.model.clusters().empty()) << "a request of made-up values made a cluster";
}

TEST(CatalogueTable, HasEveryActionOnceWithItsPermission) {
  const auto actions = all_actions();
  EXPECT_EQ(std::ranges::count(actions, "2019-01-03", &ActionInfo::version), 104);
  EXPECT_EQ(std::ranges::count(actions, "2026-11-01", &ActionInfo::version), 23);
  EXPECT_TRUE(std::ranges::is_sorted(actions, std::less<>(), &ActionInfo::name));
  for (const ActionInfo& action : actions) {
    EXPECT_EQ(find_action(action.name, action.version), &action);
    EXPECT_EQ(action.permission, fmt::format("emr:{}", action.name));
    EXPECT_GE(action.calls_per_second, 20U);
    EXPECT_TRUE(std::ranges::is_sorted(action.request->fields, std::less<>(), &FieldSchema::name));
  }
}

}  // namespace
}  // namespace tusker::api
