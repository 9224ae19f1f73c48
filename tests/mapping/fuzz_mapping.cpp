// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Json.h"
#include "core/data/Yaml.h"
#include "core/mapping/CompiledMapping.h"
#include "core/schema/Settings.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

/// Reads arbitrary text as the settings of a map step, compiles and runs it under tight budgets: it
/// may fail, never crash; and the fast way and the field-by-field way give the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    using namespace tw;
    static const std::vector<Param> kParams{mapping("mapping", "Mapping").required(),
                                            text("if_missing", "If missing")};
    static const Document kInput = std::move(
        *parseJson(R"({"a":[{"id":1,"n":"x"},{"id":2}],"b":null,"c":{"d":2.5,"e":"y"},"f":true})"));
    const std::string_view yaml(reinterpret_cast<const char *>(data), size);
    const YamlParse parsed = parseYaml(yaml, {.bytes = 1u << 16});
    if (!parsed.problems.empty())
        return 0;
    std::vector<Diagnostic> findings;
    const Settings settings = readSettings(kParams, &parsed.root, "f", {}, "s", findings);
    auto read = Mapping::fromStep(settings);
    if (!read)
        return 0;
    for (const MappingField &field : read->fields)
        (void)Mapping::toSetting(field);
    const auto compiled = CompiledMapping::compile(std::move(*read));
    if (!compiled)
        return (void)compiled.error().toError(), 0;
    Environment environment;
    environment.budget.steps = 20'000;
    environment.budget.bytes = 1u << 20;
    environment.budget.depth = 100;
    const auto made = compiled->run(kInput.root(), environment);
    const MappingOutcome outcome = compiled->outcome(kInput.root(), environment);
    if (made.has_value() == outcome.failed())
        std::abort();
    if (made && toJson((*made)->root()) != toJson(outcome.message->root()))
        std::abort();
    return 0;
}
