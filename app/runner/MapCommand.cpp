// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/runner/Commands.h"
#include "app/runner/Files.h"
#include "app/runner/MapTarget.h"
#include "app/runner/MapTrial.h"
#include "app/runner/Output.h"
#include "core/data/Json.h"
#include "core/flow/FlowShapes.h"

#include <algorithm>
#include <filesystem>
#include <memory>

namespace tw::runner {
namespace {

struct MapOptions
{
    std::string flow;
    std::string step;
    std::vector<std::string> events;
    std::string target;
    bool json = false;
};

/// All that a report tells. `outcomes` are by file.
struct Trial
{
    MapStep map;
    std::vector<std::string> files;
    std::vector<MappingOutcome> outcomes;
    std::optional<Coverage> coverage;
    std::vector<Diagnostic> findings; ///< About the mapping, before anything runs.

    std::string place(const FieldError &error) const
    {
        const TextPosition at = placeOf(map, error);
        return map.document->file() + ':' + std::to_string(at.line) + ':' +
               std::to_string(at.column);
    }
};

std::string_view stateWord(FieldOutcome::State state)
{
    switch (state) {
    case FieldOutcome::State::Filled:
        return "filled";
    case FieldOutcome::State::Missing:
        return "missing";
    case FieldOutcome::State::Cleared:
        return "cleared";
    case FieldOutcome::State::Defaulted:
        return "defaulted";
    case FieldOutcome::State::Failed:
        break;
    }
    return "failed";
}

Value strings(Arena &arena, const std::vector<std::string> &texts)
{
    ArrayBuilder array(arena);
    for (const std::string &text : texts)
        array.add(Value::string(arena, text));
    return array.finish();
}

Value errorValue(Arena &arena, const Trial &trial, const FieldError &error)
{
    const TextPosition at = placeOf(trial.map, error);
    ObjectBuilder object(arena);
    const auto text = [&](std::string_view key, std::string_view words) {
        object.set(key, Value::string(arena, words));
    };
    text("code", error.error.code);
    text("message", error.error.message);
    text("part", error.part);
    if (!error.error.value.empty())
        text("value", error.error.value);
    text("file", trial.map.document->file());
    object.set("line", Value::integer(at.line));
    object.set("column", Value::integer(at.column));
    return object.finish();
}

Value sampleValue(Arena &arena, const Trial &trial, std::size_t sample)
{
    const MappingOutcome &outcome = trial.outcomes[sample];
    ArrayBuilder fields(arena);
    for (const FieldOutcome &field : outcome.fields) {
        ObjectBuilder object(arena);
        object.set("target", Value::string(arena, field.target));
        object.set("state", Value::string(arena, stateWord(field.state)));
        if (!field.value.isUndefined())
            object.set("value", field.value);
        if (field.error)
            object.set("error", errorValue(arena, trial, *field.error));
        fields.add(object.finish());
    }
    ObjectBuilder object(arena);
    object.set("event", Value::string(arena, trial.files[sample]));
    if (outcome.message)
        object.set("message", outcome.message->root());
    object.set("fields", fields.finish());
    return object.finish();
}

Value coverageValue(Arena &arena, const Coverage &coverage)
{
    ObjectBuilder object(arena);
    object.set("mapped", Value::integer(coverage.mapped));
    object.set("total", Value::integer(coverage.total));
    object.set("open_required", strings(arena, coverage.openRequired));
    object.set("open", strings(arena, coverage.open));
    object.set("unknown", strings(arena, coverage.unknown));
    object.set("may_be_missing", strings(arena, coverage.mayBeMissing));
    return object.finish();
}

Value findingsValue(Arena &arena, const std::vector<Diagnostic> &findings)
{
    ArrayBuilder array(arena);
    for (const Diagnostic &finding : findings) {
        ObjectBuilder object(arena);
        object.set("severity", Value::string(arena, toString(finding.severity)));
        object.set("code", Value::string(arena, finding.code));
        object.set("file", Value::string(arena, finding.file));
        object.set("line", Value::integer(finding.line));
        object.set("column", Value::integer(finding.column));
        object.set("message", Value::string(arena, finding.message));
        object.set("fix", Value::string(arena, finding.fix));
        array.add(object.finish());
    }
    return array.finish();
}

void reportJson(Output &out, const Trial &trial)
{
    Arena arena;
    ArrayBuilder samples(arena);
    for (std::size_t i = 0; i < trial.outcomes.size(); ++i)
        samples.add(sampleValue(arena, trial, i));
    ObjectBuilder object(arena);
    object.set("step", Value::string(arena, trial.map.step->id));
    object.set("samples", samples.finish());
    if (trial.coverage)
        object.set("coverage", coverageValue(arena, *trial.coverage));
    object.set("findings", findingsValue(arena, trial.findings));
    out.json(object.finish());
}

std::string shownValue(const FieldOutcome &field)
{
    constexpr std::size_t kLongest = 100;
    if (field.state == FieldOutcome::State::Missing)
        return "left out";
    std::string text = toJson(field.value);
    if (text.size() > kLongest) {
        std::size_t cut = kLongest;
        while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80)
            --cut;
        text = text.substr(0, cut) + "…";
    }
    return field.state == FieldOutcome::State::Defaulted ? text + " (default)" : text;
}

void reportSample(Output &out, const Trial &trial, std::size_t sample)
{
    out.line(out.bold(std::filesystem::path(trial.files[sample]).filename().string()));
    std::vector<std::vector<std::string>> rows;
    for (const FieldOutcome &field : trial.outcomes[sample].fields)
        rows.push_back({field.target, field.error ? "failed" : shownValue(field)});
    if (!rows.empty())
        out.line(table(rows));
    for (const FieldOutcome &field : trial.outcomes[sample].fields) {
        if (!field.error)
            continue;
        const FieldError &error = *field.error;
        out.line(out.red(trial.place(error) + ": " + field.target + ": " + error.error.message +
                         " [" + error.error.code + ']'));
        out.line("    " + error.part +
                 (error.error.value.empty() ? "" : "    with " + error.error.value));
    }
}

std::string joined(const std::vector<std::string> &names)
{
    std::string text;
    for (const std::string &name : names)
        text += (text.empty() ? "" : ", ") + name;
    return text;
}

void reportCoverage(Output &out, const Coverage &coverage)
{
    out.line(out.bold("Coverage"));
    std::vector<std::vector<std::string>> rows{
        {"mapped",
         std::to_string(coverage.mapped) + " of " + std::to_string(coverage.total) + " fields"}};
    const std::pair<const char *, const std::vector<std::string> *> lists[] = {
        {"required, not mapped", &coverage.openRequired},
        {"required, missing in samples", &coverage.mayBeMissing},
        {"not mapped", &coverage.open},
        {"unknown or read only", &coverage.unknown}};
    for (const auto &[words, names] : lists) {
        if (!names->empty())
            rows.push_back({words, joined(*names)});
    }
    out.line(table(rows));
}

void reportText(Output &out, const Trial &trial)
{
    for (std::size_t i = 0; i < trial.outcomes.size(); ++i) {
        if (trial.outcomes[i].message)
            reportSample(out, trial, i);
        else
            out.message(trial.files[i] + " was left out: the time for previews is used up.");
    }
    if (trial.coverage)
        reportCoverage(out, *trial.coverage);
}

/// Events with the input that each makes for the step. Errors say which file.
Result<std::vector<MappingSample>> readSamples(const Trial &trial, const Approach &approach)
{
    std::vector<MappingSample> samples;
    for (const std::string &file : trial.files) {
        auto bytes = readInput(file);
        if (!bytes)
            return std::move(bytes).error();
        auto document = parseJson(*bytes);
        if (!document)
            return std::move(document.error()).at(file);
        const DocumentPtr event = share(std::move(*document));
        auto input = approach.inputFor(event, trialEnvironment());
        if (!input)
            return std::move(input.error()).at(file);
        samples.push_back({std::move(*input), event});
    }
    return samples;
}

int complain(Output &out, const Error &error)
{
    out.message(error.text());
    return error.kind == ErrorKind::Transient ? kCouldNot : kNotRight;
}

int tryMapping(Output &out, Trial trial, const CompiledMapping &mapping, const Registry &registry,
               const std::optional<Shape> &target)
{
    const Approach approach(trial.map, registry);
    if (!approach.unknown().empty())
        out.message("What \"" + approach.unknown() +
                    "\" answers is not known here: the mapping "
                    "is tried on the events themselves.");
    const auto samples = readSamples(trial, approach);
    if (!samples)
        return complain(out, samples.error());
    trial.outcomes = mapping.preview(*samples, trialEnvironment());
    if (target)
        trial.coverage = coverageOf(mapping.mapping(), *target, trial.outcomes);
    if (out.isJson())
        reportJson(out, trial);
    else
        reportText(out, trial);
    const bool failed = std::any_of(trial.outcomes.begin(), trial.outcomes.end(),
                                    [](const MappingOutcome &one) { return one.failed(); });
    return failed ? kNotRight : kDone;
}

/// What the step is to fill: given, or told by the steps behind it.
Result<std::optional<Shape>> targetFor(const MapStep &map, const MapOptions &options,
                                       const Registry &registry)
{
    if (!options.target.empty()) {
        auto read = readTarget(options.target);
        if (!read)
            return std::move(read).error();
        return std::optional<Shape>(std::move(*read));
    }
    auto known = FlowShapes(map.document->flow(), registry).targets(*map.step);
    return known.empty() ? std::nullopt : std::optional<Shape>(std::move(known.front()));
}

/// What the check of the whole flow says about the mapping of this step.
std::vector<Diagnostic> findingsFor(const MapStep &map, const MapOptions &options,
                                    const std::optional<Shape> &target, const Registry &registry)
{
    FlowCheckOptions check;
    if (target && !options.target.empty())
        check.targets.emplace(map.step->id, *target);
    std::vector<Diagnostic> found = validateFlow(*map.document, registry, check);
    const std::string place = "steps/" + map.step->id + "/with";
    std::erase_if(found, [&](const Diagnostic &one) { return !one.path.starts_with(place); });
    return found;
}

/// A file that cannot be read has no steps: its errors come first.
bool reportUnreadable(Output &out, const Project &project)
{
    bool any = false;
    for (const auto &document : project.flows()) {
        if (document->isSound())
            continue;
        for (const Diagnostic &problem : document->formProblems())
            out.message(toText(problem));
        any = true;
    }
    return any;
}

int map(const MapOptions &options, const Registry &base)
{
    Output out(options.json);
    const auto project = Project::open(options.flow);
    if (!project)
        return complain(out, project.error());
    const auto known = (*project)->registry(base);
    if (!known)
        return complain(out, known.error());
    const Registry &registry = **known;
    const auto found = findMapStep(**project, registry, options.step);
    if (!found)
        return reportUnreadable(out, **project) ? kNotRight : complain(out, found.error());
    const auto target = targetFor(*found, options, registry);
    if (!target)
        return complain(out, target.error());
    std::vector<Diagnostic> findings;
    const auto mapping = compileStep(*found, findings);
    for (const Diagnostic &finding : findings)
        out.message(toText(finding));
    if (!mapping)
        return kNotRight;
    Trial trial;
    trial.map = *found;
    trial.files = options.events.empty() ? samplesFor(**project) : options.events;
    if (trial.files.empty()) {
        out.message("The project has no samples; name an event with --event.");
        return kWrongUse;
    }
    trial.findings = findingsFor(*found, options, *target, registry);
    for (const Diagnostic &finding : trial.findings)
        out.message(toText(finding));
    return tryMapping(out, std::move(trial), *mapping, registry, *target);
}

} // namespace

void addMapCommand(CLI::App &app, Invocation &invocation)
{
    auto options = std::make_shared<MapOptions>();
    CLI::App *command = app.add_subcommand("map", "Try a map step on events, field by field");
    command->add_option("FLOW", options->flow, "A flow file or project folder")->required();
    command->add_option("STEP", options->step, "Id of the map step")->required();
    command->add_option("--event", options->events,
                        "JSON file of an event; may be repeated (default: the project's samples)");
    command->add_option("--target", options->target,
                        "What the target takes: a JSON Schema or a Salesforce describe result");
    command->add_flag("--json", options->json, "One JSON document");
    command->footer("Exit code 1 when a field failed.\nExample:\n  tidewire map "
                    "flows/stripe-charge-to-payment to_payment --json");
    command->callback([options, &invocation] {
        invocation.command = [options, &invocation] { return map(*options, invocation.registry); };
    });
}

} // namespace tw::runner
