// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/runner/Commands.h"
#include "app/runner/Output.h"
#include "core/base/Text.h"
#include "core/expr/FunctionReference.h"

#include <cstdio>
#include <memory>

namespace tw::runner {
namespace {

struct FunctionsOptions
{
    std::string name;
    bool json = false;
    bool markdown = false;
};

Value functionValue(Arena &arena, const FunctionInfo &function)
{
    ObjectBuilder object(arena);
    object.set("name", Value::string(arena, "$" + std::string(function.name)));
    object.set("kind", Value::string(idOf(function.kind)));
    object.set("call", Value::string(arena, callForm(function)));
    object.set("signature", Value::string(function.signature));
    object.set("signature_in_words", Value::string(arena, signatureInWords(function)));
    object.set("help", Value::string(function.help));
    object.set("example", Value::string(function.example));
    object.set("result", Value::string(function.result));
    object.set("origin", Value::string(function.extension ? "tidewire" : "jsonata"));
    return object.finish();
}

int listJson()
{
    Arena arena;
    ArrayBuilder functions(arena);
    for (const FunctionInfo &function : functionTable())
        functions.add(functionValue(arena, function));
    Output(true).json(functions.finish());
    return kDone;
}

int printPage()
{
    const std::string page = functionPage();
    std::fwrite(page.data(), 1, page.size(), stdout);
    return kDone;
}

int listText()
{
    Output out(false);
    for (int kind = 0; kind < kFunctionKinds; ++kind) {
        out.line(out.bold(titleOf(static_cast<FunctionKind>(kind))));
        std::vector<std::vector<std::string>> rows;
        for (const FunctionInfo &function : functionTable()) {
            if (function.kind == static_cast<FunctionKind>(kind))
                rows.push_back({callForm(function) + (function.extension ? " *" : ""),
                                std::string(function.help)});
        }
        out.line(table(rows));
    }
    out.line(
        out.faint("Functions with * are Tidewire's own. tidewire functions NAME explains one."));
    return kDone;
}

int explain(std::string name, bool asJson)
{
    Output out(asJson);
    if (name.starts_with('$'))
        name.erase(0, 1);
    std::vector<std::string> known;
    for (const FunctionInfo &function : functionTable()) {
        if (function.name == name && asJson) {
            Arena arena;
            out.json(functionValue(arena, function));
            return kDone;
        }
        if (function.name == name) {
            out.line(out.bold(callForm(function)) +
                     (function.extension ? "  (Tidewire's own)" : "  (JSONata)"));
            out.line(function.help);
            out.line(signatureInWords(function));
            out.line("Example: " + std::string(function.example) + "  ->  " +
                     std::string(function.result));
            return kDone;
        }
        known.emplace_back(function.name);
    }
    const std::string meant = nearestWord(name, known);
    out.message("There is no function $" + name + "." +
                (meant.empty() ? "" : " Did you mean $" + meant + "?"));
    return kNotRight;
}

} // namespace

void addFunctionsCommand(CLI::App &app, Invocation &invocation)
{
    auto options = std::make_shared<FunctionsOptions>();
    CLI::App *command =
        app.add_subcommand("functions", "List every function of the mapping language");
    command->add_option("NAME", options->name, "Explain this function");
    auto *json = command->add_flag("--json", options->json, "One JSON document");
    command->add_flag("--markdown", options->markdown, "The reference page")->excludes(json);
    command->footer("Example:\n  tidewire functions toMajor\n  "
                    "tidewire functions --json | jq '.[] | select(.origin == \"tidewire\").name'");
    command->callback([options, &invocation] {
        invocation.command = [options] {
            if (!options->name.empty())
                return explain(options->name, options->json);
            return options->json ? listJson() : options->markdown ? printPage() : listText();
        };
    });
}

} // namespace tw::runner
