#include <fmt/format.h>

#include <cctype>

#include "plan/definition_reader.h"

namespace tusker {
namespace {

void expect_schema(YamlMap& map, std::string_view schema) {
  const YamlValue value = map.required("schema");
  if (value.present() && value.text() != schema)
    value.report(fmt::format("schema is \"{}\", wanted \"{}\"", value.text(), schema));
}

bool is_version(std::string_view text) {
  return !text.empty() && std::isdigit(static_cast<unsigned char>(text.front())) &&
         text.find_first_not_of(
             "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-_") ==
             std::string_view::npos;
}

std::vector<PageDefinition> read_pages(const YamlValue& value, std::vector<Reference>& references) {
  std::vector<PageDefinition> pages;
  for (const YamlValue& item : value.items()) {
    YamlMap map(item);
    PageDefinition page;
    page.title = map.required("title").text();
    page.role = map.required("role").text();
    page.port = map.required("port").text();
    page.path = map.required("path").text();
    references.push_back({Reference::Kind::Port, page.role + "." + page.port, item});
    pages.push_back(std::move(page));
  }
  return pages;
}

std::vector<MetricDefinition> read_metrics(const YamlValue& value,
                                           std::vector<Reference>& references) {
  std::vector<MetricDefinition> metrics;
  for (const YamlValue& item : value.items()) {
    YamlMap map(item);
    MetricDefinition metric;
    metric.name = map.required("name").text();
    metric.role = map.required("role").text();
    metric.fact = map.required("fact").text();
    metric.unit = map.required("unit").text();
    references.push_back({Reference::Kind::Role, metric.role, item});
    metrics.push_back(std::move(metric));
  }
  return metrics;
}

std::vector<SmokeStep> read_smoke_test(const YamlValue& value) {
  std::vector<SmokeStep> steps;
  for (const YamlValue& item : value.items()) {
    YamlMap map(item);
    SmokeStep step;
    step.what = map.required("what").text();
    step.argv = map.required("argv").texts();
    step.expect = map.optional("expect").text();
    if (step.argv.empty()) item.report("a step of a smoke test has no command");
    steps.push_back(std::move(step));
  }
  if (steps.empty())
    value.report("a component without a smoke test is not one: name commands that show it at work");
  return steps;
}

std::vector<FactDefinition> read_facts(const YamlValue& value, std::vector<Reference>& references) {
  std::vector<FactDefinition> facts;
  for (const auto& [name, formula] : value.entries()) {
    facts.push_back({name, formula.text()});
    references.push_back({Reference::Kind::Formula, formula.text(), formula});
  }
  return facts;
}

}  // namespace

ComponentDefinition read_component(const YamlValue& file, std::vector<Reference>& references) {
  YamlMap map(file);
  ComponentDefinition component;
  expect_schema(map, "component/v1");
  component.name = map.required("name").text();
  const YamlValue version = map.required("version");
  component.version = version.text();
  if (version.present() && !is_version(component.version))
    version.report(fmt::format("version is \"{}\", wanted such as 3.5.0", component.version));
  component.bundle = map.required("bundle").text();
  const YamlValue needs = map.optional("needs");
  component.needs = needs.texts();
  for (const std::string& other : component.needs)
    references.push_back({Reference::Kind::Component, other, needs});
  if (const YamlValue number = map.optional("service_number"); number.present()) {
    component.service_number = static_cast<std::uint32_t>(number.integer(0, 100000));
  }
  for (const auto& [name, value] : map.required("roles").entries()) {
    component.roles.push_back(read_role(name, value, references));
    component.roles.back().component = component.name;
  }
  component.facts = read_facts(map.optional("facts"), references);
  for (const auto& [key, value] : map.required("settings").entries()) {
    component.settings.push_back(read_setting(key, value, references));
    component.settings.back().component = component.name;
  }
  for (const auto& [key, value] : map.optional("extends").entries()) {
    component.extends[key] = value.text();
    references.push_back({Reference::Kind::Setting, key, value});
  }
  component.pages = read_pages(map.optional("pages"), references);
  component.metrics = read_metrics(map.optional("metrics"), references);
  for (const auto& [type, command] : map.optional("steps").entries()) {
    component.steps[type] = command.texts();
    if (component.steps[type].empty()) command.report("a type of step has no command");
  }
  component.smoke_test = read_smoke_test(map.required("smoke_test"));
  return component;
}

ReleaseDefinition read_release(const YamlValue& file, std::vector<Reference>& references) {
  YamlMap map(file);
  ReleaseDefinition release;
  expect_schema(map, "release/v1");
  release.name = map.required("name").text();
  release.product_id = static_cast<std::uint64_t>(map.required("product_id").integer(1, 1 << 30));
  for (const auto& [name, version] : map.required("components").entries()) {
    release.components[name] = version.text();
    references.push_back({Reference::Kind::Component, name + "-" + version.text(), version});
  }
  for (const auto& [key, value] : map.optional("settings").entries())
    release.settings[key] = value.text();
  return release;
}

SpecDefinitions read_specs(const YamlValue& file) {
  YamlMap map(file);
  SpecDefinitions specs;
  expect_schema(map, "specs/v1");
  specs.families = map.required("families").texts();
  specs.shapes = map.required("shapes").texts();
  return specs;
}

}  // namespace tusker
