// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/runner/Commands.h"
#include "app/runner/Output.h"
#include "core/flow/Project.h"

#include <algorithm>
#include <memory>

namespace tw::runner {
namespace {

struct ValidateOptions
{
    std::vector<std::string> paths;
    bool json = false;
    FlowCheckOptions check;
};

Value findingValue(Arena &arena, const Diagnostic &finding)
{
    ObjectBuilder object(arena);
    object.set("severity", Value::string(arena, toString(finding.severity)));
    object.set("code", Value::string(arena, finding.code));
    object.set("file", Value::string(arena, finding.file));
    object.set("line", Value::integer(finding.line));
    object.set("column", Value::integer(finding.column));
    object.set("message", Value::string(arena, finding.message));
    object.set("fix", Value::string(arena, finding.fix));
    if (!finding.step.empty())
        object.set("step", Value::string(arena, finding.step));
    return object.finish();
}

void reportText(Output &out, const std::vector<Diagnostic> &findings, std::size_t checked)
{
    for (const Diagnostic &finding : findings)
        out.line(toText(finding));
    const auto ofSeverity = [&](Severity severity) {
        return static_cast<std::size_t>(
            std::count_if(findings.begin(), findings.end(),
                          [&](const Diagnostic &one) { return one.severity == severity; }));
    };
    const auto count = [](std::size_t n, const std::string &word) {
        return std::to_string(n) + ' ' + word + (n == 1 ? "" : "s");
    };
    const std::size_t notes = ofSeverity(Severity::Info);
    if (findings.empty())
        out.line(out.green(count(checked, "flow") + " checked, nothing to fix."));
    else
        out.message(count(checked, "flow") + " checked: " +
                    count(ofSeverity(Severity::Error), "error") + ", " +
                    count(ofSeverity(Severity::Warning), "warning") +
                    (notes > 0 ? ", " + count(notes, "note") : "") + ".");
}

int validate(const ValidateOptions &options, const Registry &registry)
{
    Output out(options.json);
    std::vector<Diagnostic> findings;
    std::size_t checked = 0;
    for (const std::string &path : options.paths) {
        auto project = Project::open(path);
        if (!project) {
            out.message(project.error().text());
            return project.error().kind == ErrorKind::Config ? kNotRight : kCouldNot;
        }
        const auto found = (*project)->validate(registry, options.check);
        findings.insert(findings.end(), found.begin(), found.end());
        checked += (*project)->flows().size();
    }
    if (options.json) {
        Arena arena;
        ArrayBuilder array(arena);
        for (const Diagnostic &finding : findings)
            array.add(findingValue(arena, finding));
        out.json(array.finish());
    } else {
        reportText(out, findings, checked);
    }
    return hasErrors(findings) ? kNotRight : kDone;
}

} // namespace

void addValidateCommand(CLI::App &app, Invocation &invocation)
{
    auto options = std::make_shared<ValidateOptions>();
    CLI::App *command = app.add_subcommand("validate", "Check flows, projects and environments");
    command->add_option("PATH", options->paths, "Project folders or flow files")->required();
    command->add_flag("--json", options->json, "Findings as one JSON array");
    command->add_flag("--portable", options->check.portable,
                      "Note what other JSONata engines do not know");
    command->footer("Example:\n  tidewire validate flows/stripe-charge-to-payment");
    command->callback([options, &invocation] {
        invocation.command = [options, &invocation] {
            return validate(*options, invocation.registry);
        };
    });
}

} // namespace tw::runner
